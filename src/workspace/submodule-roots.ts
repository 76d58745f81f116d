import {lstatSync} from 'node:fs';
import path from 'node:path';
import {fold} from '../core/claim/fold.ts';
import {submodulePaths} from './submodules.ts';

const foldAll = (segments: readonly string[]): readonly string[] => segments.map((segment) => fold(segment));

const isThere = (file: string): boolean => {
  try {
    return lstatSync(file, {throwIfNoEntry: false}) !== undefined;
  } catch {
    return false;
  }
};

/** The folder that git takes for the root, of a folder in it; the folder itself outside of git. */
const topOf = (folder: string): string => {
  for (let at = folder; ; at = path.dirname(at)) {
    if (isThere(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return folder;
  }
};

const isPrefix = (upper: readonly string[], lower: readonly string[], from: number): boolean =>
  from + upper.length <= lower.length && upper.every((segment, i) => segment === lower[from + i]);

/**
 * Which paths are roots of submodules, as `.gitmodules` of the repository says, and that of each submodule of those in it.
 * The repository may begin above the folder that is asked about. Each file is read once.
 */
export class SubmoduleRoots {
  readonly #top: string;
  /** The way from there down to the folder. */
  readonly #above: readonly string[];
  readonly #known = new Map<string, readonly (readonly string[])[]>();

  /** @param folder Absolute, without symbolic links. */
  constructor(folder: string) {
    this.#top = topOf(folder);
    this.#above = path
      .relative(this.#top, folder)
      .split(path.sep)
      .filter((segment) => segment !== '');
  }

  /** @param segments Names from the folder down, at least one. */
  has(segments: readonly string[]): boolean {
    if (this.#in(this.#top).length === 0) return false;
    const names = [...this.#above, ...segments];
    const folded = foldAll(names);
    let from = 0;
    while (from < names.length) {
      const within = path.join(this.#top, ...names.slice(0, from));
      const next = this.#in(within).find((one) => isPrefix(one, folded, from));
      if (next === undefined) return false;
      from += next.length;
    }
    return true;
  }

  #in(folder: string): readonly (readonly string[])[] {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const found = submodulePaths(folder)
      .map((text) => foldAll(text.split('/').filter((segment) => segment !== '' && segment !== '.')))
      .filter((one) => one.length > 0);
    this.#known.set(folder, found);
    return found;
  }
}
