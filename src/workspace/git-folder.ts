import {readFileSync, realpathSync, statSync} from 'node:fs';
import path from 'node:path';

const isFolder = (folder: string): boolean =>
  statSync(folder, {throwIfNoEntry: false})?.isDirectory() === true;

const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
};

/** Where a `.git` that is a file leads: that of a worktree, or of a submodule. */
const linkedFolder = (file: string): string | null => {
  const target = /^gitdir: (.+)$/mu.exec(textOf(file) ?? '')?.[1];
  return target === undefined ? null : path.resolve(path.dirname(file), target);
};

/** What makes a folder the inside of a repository, as for git itself. */
const isGitFolder = (folder: string): boolean =>
  textOf(path.join(folder, 'HEAD')) !== null &&
  (textOf(path.join(folder, 'commondir')) !== null ||
    (isFolder(path.join(folder, 'objects')) && isFolder(path.join(folder, 'refs'))));

/** The folder for git of the repository that a folder belongs to: its own, or that of a worktree. */
const gitFolder = (from: string): string | null => {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const inside = path.join(folder, '.git');
    const linked = isFolder(inside) ? inside : linkedFolder(inside);
    if (linked !== null && isGitFolder(linked)) return linked;
    if (isGitFolder(folder)) return folder;
    if (folder === path.dirname(folder)) return null;
  }
};

/**
 * The folder that all worktrees of a repository have in common, as `git rev-parse --git-common-dir` says it, without links
 * in its path; `null` outside of git.
 *
 * Read from the files and not asked of git, which may not be installed, and answers nothing about a repository of another
 * user.
 */
export const gitCommonFolder = (folder: string): string | null => {
  const own = gitFolder(realpathSync(folder));
  if (own === null) return null;
  const common = textOf(path.join(own, 'commondir'));
  return realpathSync(common === null ? own : path.resolve(own, common));
};
