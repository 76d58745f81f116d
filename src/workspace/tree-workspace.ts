import {isUtf8} from 'node:buffer';
import {type BigIntStats, lstatSync} from 'node:fs';
import {lstat, readdir, realpath, stat} from 'node:fs/promises';
import path from 'node:path';
import {expandBraces} from '../core/claim/braces.ts';
import type {Claim} from '../core/claim/claim.ts';
import {isAbsolute} from '../core/claim/cut.ts';
import {type FoldRules, PORTABLE} from '../core/claim/fold.ts';
import {literalLead} from '../core/claim/glob-forms.ts';
import {coversPath} from '../core/claim/overlap.ts';
import {spell} from '../core/claim/spelling.ts';
import type {Picture, Workspace} from '../ports/workspace.ts';

/** A claim on more files than this is not looked at: the answer would cost more than it tells. */
const FILES_MAX = 20_000;
/** Never looked into: their content is no work of a task, and there is a lot of it. */
const SKIPPED_DIRECTORIES: ReadonlySet<string> = new Set(['.git', '.disjoint', 'node_modules']);

/** The patterns of a bare glob, whose brackets are ordinary characters. */
const STARS = /[*?]/u;

type Looks = Map<string, string>;

/** Not `path.join`, which takes `..` by the text. */
const at = (root: string, relative: string): string => `${root}/${relative}`;

/** Too many files, or one that has no name. */
class CannotTell extends Error {}

/** Nothing is there: also behind links that lead to each other. */
const isMissing = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP';
};

const statsOf = async (read: typeof lstat, file: string): Promise<BigIntStats | null> => {
  try {
    return await read(file, {bigint: true});
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/**
 * The same without a thread: of a path where the resolver has just looked, so that what is there is in memory. Most claims
 * are one file, or none yet.
 */
const statsAtOnce = (file: string): BigIntStats | null => {
  try {
    return lstatSync(file, {bigint: true, throwIfNoEntry: false}) ?? null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

const described = ({size, mtimeNs, ctimeNs, ino, mode}: BigIntStats): string =>
  [size, mtimeNs, ctimeNs, ino, mode].join(' ');

/** A name that is no text: it is looked at by its bytes. What lies in such a folder cannot be named at all. */
const lookAtBytes = async (root: string, folder: string, name: Buffer, looks: Looks): Promise<void> => {
  const stats = await lstat(Buffer.concat([Buffer.from(`${at(root, folder)}/`), name]), {bigint: true});
  if (stats.isDirectory()) throw new CannotTell();
  looks.set(path.join(folder, name.toString('latin1')), described(stats));
};

const lookBelow = async (root: string, folder: string, looks: Looks): Promise<void> => {
  for (const bytes of await readdir(at(root, folder), {encoding: 'buffer'})) {
    const name = bytes.toString();
    if (!isUtf8(bytes)) await lookAtBytes(root, folder, bytes, looks);
    else if (!SKIPPED_DIRECTORIES.has(name)) await look(root, path.join(folder, name), looks);
  }
};

const look = async (root: string, relative: string, looks: Looks): Promise<void> => {
  const stats = await statsOf(lstat, at(root, relative));
  await lookAt(root, relative, stats, looks);
};

/** Records how a file looks, or everything below a directory. Symlinks are looked at, not through. */
const lookAt = async (
  root: string,
  relative: string,
  stats: BigIntStats | null,
  looks: Looks,
): Promise<void> => {
  if (stats?.isDirectory() === true) {
    await lookBelow(root, relative, looks);
  } else if (stats !== null) {
    if (looks.size >= FILES_MAX) throw new CannotTell();
    looks.set(relative, described(stats));
  }
};

/** Does a link lead out of the repository? Where nothing is at its end, nothing can be looked into. */
const leadsOut = async (root: string, relative: string): Promise<boolean> => {
  try {
    const [above, real] = await Promise.all([realpath(root), realpath(at(root, relative))]);
    return path.relative(above, real).split(path.sep)[0] === '..';
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

/**
 * Records how something looks that a claim names. Whoever writes to a link writes what it leads to, so that counts as
 * well; that nothing is there yet is a look of its own.
 */
const lookAtNamed = async (root: string, named: string, looks: Looks): Promise<void> => {
  const entered = statsAtOnce(at(root, named));
  // What was claimed as a folder may have become a file.
  const relative = entered === null ? named.replace(/\/+$/u, '') : named;
  const stats = entered ?? statsAtOnce(at(root, relative));
  const isThroughLink = stats?.isSymbolicLink() === true || relative.endsWith('/');
  // What lies outside is nobody's work, and may be the whole machine.
  if (isThroughLink && (await leadsOut(root, relative))) {
    looks.set(relative, 'leads out of the repository');
    return;
  }
  await lookAt(root, relative, stats, looks);
  if (stats?.isSymbolicLink() !== true) return;
  const target = await statsOf(stat, at(root, relative));
  if (target?.isDirectory() === true) return lookBelow(root, relative, looks);
  looks.set(relative, `${described(stats)} -> ${target === null ? 'nothing' : described(target)}`);
};

/** Where the files of a glob are: what it names, or the folders below which its patterns match. */
const leadsOf = ({text, bare}: Claim): ReadonlySet<string> => {
  const leads = new Set<string>();
  const add = (pattern: string, syntax?: RegExp): void => {
    const segments = pattern.split('/');
    const lead = literalLead(segments, syntax);
    // The slash at the end enters a folder also through a link.
    leads.add(lead.length === segments.length ? pattern : lead.length === 0 ? '.' : `${lead.join('/')}/`);
  };
  for (const alternative of expandBraces(text)?.texts ?? [text]) add(alternative);
  if (bare) add(text, STARS);
  return leads;
};

const CLIMBS = /(?:^|\/)\.\.(?:\/|$)/u;

/** What a path or a folder names: behind a link `..` is another folder to the kernel than by the text. */
const namedBy = ({raw, text}: Claim): readonly string[] => {
  const asWritten = raw.replaceAll('\\', '/');
  return CLIMBS.test(asWritten) && !isAbsolute(asWritten) ? [text, asWritten] : [text];
};

const takeLooks = async (root: string, claims: readonly Claim[], rules: FoldRules): Promise<Looks> => {
  const looks: Looks = new Map();
  for (const claim of claims) {
    if (claim.kind !== 'glob') {
      for (const named of namedBy(claim)) await lookAtNamed(root, named, looks);
      continue;
    }
    const found: Looks = new Map();
    for (const lead of leadsOf(claim)) await lookAtNamed(root, path.join(lead), found);
    for (const [file, looked] of found) {
      if (coversPath(claim, spell(file.split('/'), rules))) looks.set(file, looked);
    }
  }
  return looks;
};

/**
 * The files of a repository as they lie on the disk, compared by size, times, inode and mode.
 *
 * A file that was written with the same bytes counts as changed: somebody worked on it.
 */
export class TreeWorkspace implements Workspace {
  readonly #root: string;
  readonly #rules: FoldRules;

  /**
   * @param root Absolute path of the repository.
   * @param rules Those that the claims were read with.
   */
  constructor(root: string, rules: FoldRules = PORTABLE) {
    this.#root = root;
    this.#rules = rules;
  }

  async takePicture(claims: readonly Claim[]): Promise<Picture> {
    const before = await this.#looks(claims);
    return {
      changes: async () => {
        const after = before === null ? null : await this.#looks(claims);
        if (before === null || after === null) return null;
        const files = new Set([...before.keys(), ...after.keys()]);
        return [...files].filter((file) => before.get(file) !== after.get(file)).toSorted();
      },
    };
  }

  async #looks(claims: readonly Claim[]): Promise<Looks | null> {
    try {
      return await takeLooks(this.#root, claims, this.#rules);
    } catch {
      // Too many files, or one that may not be read: "unknown" is an answer, a guess is not.
      return null;
    }
  }
}
