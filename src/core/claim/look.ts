/** Where a symbolic link itself lies, in the repository. */
export interface LinkPlace {
  /** From the root down, with all symbolic links above it followed. */
  readonly segments: readonly string[];
  /** See `Form.ids`. */
  readonly ids: readonly string[];
}

/** What a look at the file system tells of one path. Data: the core never looks itself. */
export type Look =
  /** It is, or would be, inside the repository. */
  | {
      readonly kind: 'inside';
      /** Where it really lies, from the root down, with all symbolic links followed. */
      readonly segments: readonly string[];
      /** See `Form.ids`. */
      readonly ids: readonly string[];
      /**
       * The symbolic links that lead there one after the other, each where it really lies: with `cur -> a`, `a -> b`, those
       * of `cur` are `cur` and `a`. Not those that only a folder on the way is.
       */
      readonly links: readonly LinkPlace[];
      /** Something is there. */
      readonly exists: boolean;
      /** It exists and is a directory, or it is the root of a submodule. */
      readonly isDirectory: boolean;
    }
  /** A symbolic link, or `..` behind one, leads out of the repository. */
  | {readonly kind: 'outside'; readonly target: string}
  /** More than 40 symbolic links, one after the other. */
  | {readonly kind: 'loop'}
  /**
   * Something on the way may not or cannot be looked at: there is no permission, its name is too long or no text, the
   * disk does not answer.
   */
  | {readonly kind: 'denied'; readonly at: string};

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);

const isSamePlace = (a: LinkPlace, b: LinkPlace): boolean =>
  isSameList(a.segments, b.segments) && isSameList(a.ids, b.ids);

/** Was the same seen twice? */
export const isSameLook = (a: Look, b: Look): boolean => {
  switch (a.kind) {
    case 'inside':
      return (
        b.kind === 'inside' &&
        a.exists === b.exists &&
        a.isDirectory === b.isDirectory &&
        isSamePlace(a, b) &&
        a.links.length === b.links.length &&
        a.links.every((link, i) => b.links[i] !== undefined && isSamePlace(link, b.links[i]))
      );
    case 'outside':
      return b.kind === 'outside' && a.target === b.target;
    case 'loop':
      return b.kind === 'loop';
    case 'denied':
      return b.kind === 'denied' && a.at === b.at;
  }
};

/**
 * Looks up a path: from the root down, or absolute, with `/` separators. `undefined` if nobody looked: the claim is
 * then taken by its text alone.
 */
export type LookUp = (path: string) => Look | undefined;

/** What was seen, by the path that was asked for. */
export type Looks = ReadonlyMap<string, Look>;
