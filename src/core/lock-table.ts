import {Map as PersistentMap} from 'immutable';
import type {AgentId} from './agent-type.ts';
import type {Claim} from './claim/claim.ts';
import {overlap} from './claim/overlap.ts';
import type {Fence, TaskId} from './task.ts';

/** The agent and the claims of one attempt, held from its dispatch until it is confirmed dead. */
export interface Hold {
  readonly fence: Fence;
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly agentId: AgentId;
  readonly writes: readonly Claim[];
  readonly reads: readonly Claim[];
  /** Its processes survived SIGKILL: the hold stays although the task is over. */
  readonly quarantined: boolean;
}

/** One pair of claims that could touch the same file. */
export interface Collision {
  readonly claim: Claim;
  readonly holder: Hold;
  readonly holderClaim: Claim;
}

/** What a task would write and read. */
export interface ClaimSets {
  readonly writes: readonly Claim[];
  readonly reads: readonly Claim[];
}

/** The first pair of claims that keeps two tasks apart: write against write, or read against write. */
export const firstCollision = (a: ClaimSets, b: ClaimSets): readonly [Claim, Claim] | null => {
  for (const ours of a.writes) {
    for (const theirs of b.writes) if (overlap(ours, theirs)) return [ours, theirs];
    for (const theirs of b.reads) if (overlap(ours, theirs)) return [ours, theirs];
  }
  for (const ours of a.reads) {
    for (const theirs of b.writes) if (overlap(ours, theirs)) return [ours, theirs];
  }
  return null;
};

/**
 * The agents and claims held by running attempts. Immutable: each change gives a new table.
 *
 * A plain comparison with every hold; there are never more of them than tasks may run, plus the quarantined.
 */
export class LockTable {
  readonly #holds: PersistentMap<Fence, Hold>;

  private constructor(holds: PersistentMap<Fence, Hold>) {
    this.#holds = holds;
  }

  static empty(): LockTable {
    return new LockTable(PersistentMap());
  }

  /** How many attempts count against the limit. A quarantined one does not: its slot would be lost for good. */
  get running(): number {
    return this.#holds.count((hold) => !hold.quarantined);
  }

  get size(): number {
    return this.#holds.size;
  }

  get(fence: Fence): Hold | undefined {
    return this.#holds.get(fence);
  }

  holds(): readonly Hold[] {
    return [...this.#holds.values()];
  }

  holderOf(agentId: AgentId): Hold | undefined {
    return this.#holds.find((hold) => hold.agentId === agentId);
  }

  /** Every holder that keeps these claims from being taken, with the first colliding pair of each. */
  collisions(sets: ClaimSets): readonly Collision[] {
    const found: Collision[] = [];
    for (const holder of this.#holds.values()) {
      const pair = firstCollision(sets, holder);
      if (pair !== null) found.push({claim: pair[0], holder, holderClaim: pair[1]});
    }
    return found;
  }

  collides(sets: ClaimSets): boolean {
    for (const holder of this.#holds.values()) if (firstCollision(sets, holder) !== null) return true;
    return false;
  }

  take(hold: Hold): LockTable {
    return new LockTable(this.#holds.set(hold.fence, hold));
  }

  quarantine(fence: Fence): LockTable {
    const hold = this.#holds.get(fence);
    return hold === undefined ? this : new LockTable(this.#holds.set(fence, {...hold, quarantined: true}));
  }

  release(fence: Fence): LockTable {
    return new LockTable(this.#holds.delete(fence));
  }
}
