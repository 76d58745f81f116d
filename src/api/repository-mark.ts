import {realpathSync, statSync} from 'node:fs';
import {gitCommonFolder} from '../workspace/git-folder.ts';

/**
 * What everything that is started under the lock of a repository has in its environment, whichever of its folders and worktrees
 * the run is for: so that whoever takes the lock next finds what could still write there, although each project has a journal
 * of its own.
 *
 * By device and inode and not by path: those of a repository that was moved meanwhile are found too. A number that was given to
 * another folder leads to processes of a repository that is not there any more.
 *
 * @param root Absolute path of an existing folder.
 */
export const repositoryMark = (root: string): string => {
  const {dev, ino} = statSync(gitCommonFolder(root) ?? realpathSync(root), {bigint: true});
  return `repository-${dev}-${ino}.`;
};
