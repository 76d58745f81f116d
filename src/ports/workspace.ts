import type {Claim} from '../core/claim/claim.ts';

/** How the claimed files looked at one moment. */
export interface Picture {
  /**
   * The claimed files that are new, different or gone now, as paths from the root, sorted. `null` if it cannot
   * be told: there are too many of them, or one could not be read.
   */
  changes(): Promise<readonly string[] | null>;
}

/** The tree that tasks write. */
export interface Workspace {
  /** Looks at everything the claims cover. Never rejects. */
  takePicture(claims: readonly Claim[]): Promise<Picture>;
}
