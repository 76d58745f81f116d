import {PORTABLE} from '../../src/core/claim/fold.ts';
import {type Spelled, spell} from '../../src/core/claim/spelling.ts';

/** A path in all its spellings, by the portable rules. */
export const namesOf = (path: string): readonly Spelled[] => spell(path.split('/'), PORTABLE);
