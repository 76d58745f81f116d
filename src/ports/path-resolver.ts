import type {Look} from '../core/claim/look.ts';

/** Looks at the file system for what the text of a claim does not tell: symbolic links, directories, hard links. */
export interface PathResolver {
  /**
   * Begins one look. The function it gives answers for a path from the root of the repository down, or an absolute
   * one, with `/` separators and perhaps with `..` in it. A path is looked at when it is first asked for, and what was
   * seen once is not looked at again. Never throws: what cannot be looked at is `denied`.
   *
   * Synchronous on purpose: tasks keep their order, and a few `lstat` cost less than a turn of the event loop each.
   */
  look(): (path: string) => Look;
}
