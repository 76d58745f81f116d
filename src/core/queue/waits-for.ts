import type {Claim} from '../claim/claim.ts';
import type {HeldClaim} from '../lock-table.ts';
import {claimKey} from './needs-key.ts';
import type {ClassId} from './queued-task.ts';

/** What a class waits for, besides an agent: the first thing that was found in its way. */
export type WaitsFor =
  /** A claim that is held: as an equal claim is in the way of the same classes, they may go on waiting for that. */
  | {readonly kind: 'claim'; readonly access: 'write' | 'read'; readonly claim: string}
  /** A class of tasks one of which goes first. */
  | {readonly kind: 'reservation'; readonly classId: ClassId};

export const waitsForClaim = (access: HeldClaim['access'], claim: Claim): WaitsFor => ({
  kind: 'claim',
  access,
  claim: claimKey(claim),
});

/** The name of the group of those that wait for this, or for nothing that is known (`null`). */
export const groupOf = (waitsFor: WaitsFor | null): string => {
  switch (waitsFor?.kind) {
    case 'claim':
      return `${waitsFor.access} ${waitsFor.claim}`;
    case 'reservation':
      return `reservation ${waitsFor.classId}`;
    case undefined:
      return '';
  }
};
