import type {Claim, ClaimFailure, ClaimInput} from '../core/claim/claim.ts';
import {parseClaim} from '../core/claim/parse.ts';
import type {ParseOptions} from '../core/claim/parse-options.ts';
import type {Result} from '../core/result.ts';

/** So many claims are remembered at most, so that a stream without an end does not fill the memory. */
const KEPT_MAX = 4_096;
/** Longer ones are not worth it: hardly anybody asks for one twice. */
const KEPT_CHARACTERS_MAX = 512;

type Parsed = Result<readonly Claim[], ClaimFailure>;

/**
 * Understands claims, each once: who asks about pairs asks about the same claim many times. From one look at the disk on,
 * which is remembered like the claims themselves.
 */
export class ReadClaims {
  readonly #options: ParseOptions;
  readonly #known = new Map<string, Parsed>();

  constructor(options: ParseOptions) {
    this.#options = options;
  }

  /** @param input JSON, such as a line of stdin holds. */
  read(input: ClaimInput): Parsed {
    // A text in quotes is no text of another claim: JSON tells them apart.
    const key = JSON.stringify(input);
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    const parsed = parseClaim(input, this.#options);
    if (key.length <= KEPT_CHARACTERS_MAX) {
      if (this.#known.size === KEPT_MAX) this.#known.clear();
      this.#known.set(key, parsed);
    }
    return parsed;
  }
}
