import type {Claim} from '../claim/claim.ts';
import type {HeldClaim} from '../lock-table.ts';
import {claimKey} from './needs-key.ts';

/** What a class waits for, besides an agent: the first thing that was found in its way. */
export type WaitsFor =
  /** A claim that is held: as an equal claim is in the way of the same classes, they may go on waiting for that. */
  | {readonly kind: 'claim'; readonly access: 'write' | 'read'; readonly claim: string}
  /** A class of tasks one of which goes first. */
  | {readonly kind: 'reservation'; readonly classId: string};

export const waitsForClaim = (access: HeldClaim['access'], claim: Claim): WaitsFor => ({
  kind: 'claim',
  access,
  claim: claimKey(claim),
});

export const RESERVATION = 'reservation ';

/** The name of the group of those that wait for this. */
export const groupOf = (waitsFor: WaitsFor): string => {
  switch (waitsFor.kind) {
    case 'claim':
      return `${waitsFor.access} ${waitsFor.claim}`;
    case 'reservation':
      return `${RESERVATION}${waitsFor.classId}`;
  }
};
