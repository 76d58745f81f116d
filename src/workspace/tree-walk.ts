import {isUtf8} from 'node:buffer';
import {type BigIntStats, lstatSync, readlinkSync} from 'node:fs';

/** As many as Linux follows in one path; macOS follows 32. */
const LINKS_MAX = 40;

/** One name on the way, with no symbolic link above it. */
export interface Place {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: 'directory' | 'file' | 'missing';
  /** Device and inode of a directory, or of a file that has several names. */
  readonly id: string | undefined;
}

interface Loop {
  readonly kind: 'loop';
}

interface Denied {
  readonly kind: 'denied';
  /** Absolute. */
  readonly at: string;
}

/** The names from `/` down to where a path leads. */
interface Arrived {
  readonly kind: 'arrived';
  readonly places: readonly Place[];
  /** The same of each symbolic link that the path, or the link before, is as a whole. */
  readonly links: readonly (readonly Place[])[];
}

type Seen = Place | {readonly kind: 'link'; readonly target: string} | Loop | Denied;

const LOOP: Loop = {kind: 'loop'};
const NO_PLACES: readonly Place[] = [];

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** Some file systems number nothing, and give 0 to everything. */
const idOf = ({dev, ino}: BigIntStats): string | undefined => (ino === 0n ? undefined : `${dev}:${ino}`);

const seenBy = (name: string, path: string, above: string): Seen => {
  // Neither comes to the file system as it is: Node.js refuses the one, and writes another character for the other.
  if (!path.isWellFormed() || path.includes('\0')) return {kind: 'denied', at: path};
  try {
    const stats = lstatSync(path, {bigint: true, throwIfNoEntry: false});
    if (stats === undefined) return {name, path, kind: 'missing', id: undefined};
    if (stats.isDirectory()) return {name, path, kind: 'directory', id: idOf(stats)};
    if (!stats.isSymbolicLink()) {
      // An inode number is given to the next new file when its file is gone, and every file that is saved by renaming
      // goes: numbers of files with one name would unite strangers.
      return {name, path, kind: 'file', id: stats.nlink > 1n ? idOf(stats) : undefined};
    }
    const target = readlinkSync(path, {encoding: 'buffer'});
    // As text it would be another name.
    return isUtf8(target) ? {kind: 'link', target: target.toString()} : {kind: 'denied', at: path};
  } catch (error) {
    switch (codeOf(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        return {name, path, kind: 'missing', id: undefined};
      case 'ELOOP':
        return LOOP;
      case 'EACCES':
      case 'EPERM':
        // Up to there the way was free: it is the folder that lets nobody look for names.
        return {kind: 'denied', at: above};
      default:
        return {kind: 'denied', at: path};
    }
  }
};

/**
 * Walks paths as the kernel does when it writes to them: through symbolic links, and `..` is the folder above the one
 * that a link led to. Not `realpath`, which knows no place for what does not exist yet, and so none for the target of
 * a dangling link, which is made by writing to the link.
 *
 * Each name is looked at once: what it was then, a directory, a file, nothing or a link with its target, is kept as
 * long as the walker. Nothing is opened.
 */
export class TreeWalk {
  readonly #seen = new Map<string, Seen>();

  /** Where the path leads to. Never throws. @param from Where a path that is not absolute begins. */
  walk(path: string, from: readonly Place[] = NO_PLACES): Arrived | Loop | Denied {
    const places = path.startsWith('/') ? [] : [...from];
    const left = path.split('/').toReversed();
    const links: (readonly Place[])[] = [];
    let followed = 0;
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        // Where there is nothing above, `/..` is `/`. What is missing has been gone through by the text.
        places.pop();
        continue;
      }
      const seen = this.#see(name, places.at(-1));
      if (seen.kind === 'loop' || seen.kind === 'denied') return seen;
      if (seen.kind !== 'link') {
        places.push(seen);
        continue;
      }
      followed++;
      if (followed > LINKS_MAX) return LOOP;
      if (left.every((next) => next === '' || next === '.')) {
        const at = `${places.at(-1)?.path ?? ''}/${name}`;
        links.push([...places, {name, path: at, kind: 'file', id: undefined}]);
      }
      if (seen.target.startsWith('/')) places.length = 0;
      left.push(...seen.target.split('/').toReversed());
    }
    return {kind: 'arrived', places, links};
  }

  #see(name: string, above: Place | undefined): Seen {
    const path = `${above?.path ?? ''}/${name}`;
    const known = this.#seen.get(path);
    if (known !== undefined) return known;
    const isNothingBelow = above !== undefined && above.kind !== 'directory';
    const seen: Seen = isNothingBelow
      ? {name, path, kind: 'missing', id: undefined}
      : seenBy(name, path, above?.path ?? '/');
    this.#seen.set(path, seen);
    return seen;
  }
}
