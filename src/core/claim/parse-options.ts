import type {FoldRules} from './fold.ts';
import type {LookUp} from './look.ts';

/** How claims are read. */
export interface ParseOptions {
  /** Absolute path of the repository's root, with `/` separators. Without it, absolute claims are refused. */
  readonly root?: string;
  /** Which names may be one file. Default: the portable rules. */
  readonly rules?: FoldRules;
  /** What was seen on the disk. Without it, claims are taken by their text alone. */
  readonly look?: LookUp;
}
