import {fold} from '../core/claim/fold.ts';
import type {LinkPlace, Look} from '../core/claim/look.ts';
import type {PathResolver} from '../ports/path-resolver.ts';
import {SubmoduleRoots} from './submodule-roots.ts';
import {type Place, TreeWalk} from './tree-walk.ts';

const idsOf = (places: readonly Place[]): readonly string[] => {
  const ids: string[] = [];
  for (const {id} of places) {
    // One without would leave a gap.
    if (id === undefined) break;
    ids.push(id);
  }
  return ids;
};

const isSameName = (a: Place, b: Place | undefined): boolean =>
  b !== undefined && fold(a.name) === fold(b.name);

/** One look: where the root is now, and all that was seen since. */
class TreeLook {
  readonly #walk = new TreeWalk();
  readonly #root: ReturnType<TreeWalk['walk']>;
  #submodules: SubmoduleRoots | undefined;

  constructor(root: string) {
    this.#root = this.#walk.walk(root);
  }

  at(path: string): Look {
    if (this.#root.kind !== 'arrived') return this.#root;
    const root = this.#root.places;
    const end = this.#walk.walk(path, root);
    if (end.kind !== 'arrived') return end;
    const {places} = end;
    const from = this.#firstBelow(root, places);
    const last = places.at(-1);
    if (from === undefined) return {kind: 'outside', target: last?.path ?? '/'};
    const below = places.slice(from);
    const segments = below.map(({name}) => name);
    const isDirectory = below.length === 0 || last?.kind === 'directory' || this.#isSubmodule(root, segments);
    const links = end.links.flatMap((link) => this.#placeBelow(root, link));
    return {
      kind: 'inside',
      segments,
      ids: idsOf(below),
      links,
      exists: last?.kind !== 'missing',
      isDirectory,
    };
  }

  /** None of a link that lies outside: nobody may write there. */
  #placeBelow(root: readonly Place[], link: readonly Place[]): readonly LinkPlace[] {
    const from = this.#firstBelow(root, link);
    if (from === undefined) return [];
    const below = link.slice(from);
    return [{segments: below.map(({name}) => name), ids: idsOf(below)}];
  }

  /** How many of the places are the way to the root; undefined if they do not lead there. */
  #firstBelow(root: readonly Place[], places: readonly Place[]): number | undefined {
    const id = root.at(-1)?.id;
    // The root may be mounted once more, elsewhere or in itself: what counts is its last place on the way.
    const same = id === undefined ? -1 : places.findLastIndex((place) => place.id === id);
    if (same !== -1) return same + 1;
    const isSpelledSame =
      places.length >= root.length && root.every((place, i) => isSameName(place, places[i]));
    // A folder next to the root, with a name that only differs by case, is another where the disk says so.
    const isAnother = id !== undefined && places[root.length - 1]?.id !== undefined;
    return isSpelledSame && !isAnother ? root.length : undefined;
  }

  #isSubmodule(root: readonly Place[], segments: readonly string[]): boolean {
    this.#submodules ??= new SubmoduleRoots(root.at(-1)?.path ?? '/');
    return this.#submodules.has(segments);
  }
}

/**
 * Looks at a tree of files: where its symbolic links lead, what is a directory, and what has several names.
 *
 * One look remembers what it saw, from where the root is to which submodules it has: for one decision, made at once.
 * A new look sees what has changed since, also that the root was moved behind its link.
 *
 * A single file that is mounted over another one is not recognised: it has one name as far as its inode knows.
 */
export class TreeResolver implements PathResolver {
  readonly #root: string;

  /** @param root Absolute path of the repository, with `/` separators, perhaps through symbolic links. */
  constructor(root: string) {
    this.#root = root;
  }

  look(): (path: string) => Look {
    const look = new TreeLook(this.#root);
    return (path) => look.at(path);
  }
}
