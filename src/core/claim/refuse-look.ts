import type {ClaimFailure} from './claim.ts';
import type {Look} from './look.ts';
import {claimFailure} from './refuse-text.ts';

/** Why a claim is refused for what was seen on the disk. `null` if there is no reason. */
export const refuseLook = (raw: string, look: Look): ClaimFailure | null => {
  switch (look.kind) {
    case 'inside':
      return null;
    case 'outside':
      return claimFailure(
        'E_PATH_ESCAPE',
        raw,
        `leaves the repository: a symbolic link leads to ${look.target}`,
        'claim files of this repository; what lies elsewhere is not kept apart',
      );
    case 'loop':
      return claimFailure(
        'E_PATH_LOOP',
        raw,
        'goes through more than 40 symbolic links, or through some that lead to each other',
        'remove the links, or name the file itself',
      );
    case 'denied':
      return claimFailure(
        'E_PATH_DENIED',
        raw,
        `cannot be looked at: the file system does not let ${look.at} be seen`,
        'let the user who runs Disjoint look into that folder, or claim other files',
      );
  }
};
