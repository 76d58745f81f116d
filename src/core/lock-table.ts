import {Map as PersistentMap} from 'immutable';
import type {AgentId} from './agent-type.ts';
import type {Claim} from './claim/claim.ts';
import {ClaimIndex} from './claim/claim-index.ts';
import {overlap} from './claim/overlap.ts';
import type {Place} from './place.ts';
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
  /** Its claims came to overlap those of another while both ran: they are held together. */
  readonly overlapped: boolean;
}

/** A hold that keeps claims from being taken, and the pairs that could touch a common file. */
export interface Collision {
  readonly holder: Hold;
  /** What is wanted and what is held; never empty. */
  readonly pairs: readonly (readonly [claim: Claim, holderClaim: Claim])[];
  /** How many pairs there are besides. */
  readonly morePairs: number;
}

/** What a task would write and read. */
export interface ClaimSets {
  readonly writes: readonly Claim[];
  readonly reads: readonly Claim[];
}

/** A claim of somebody who runs. */
export interface HeldClaim {
  readonly access: 'write' | 'read';
  readonly claim: Claim;
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

const withMore = (claims: readonly Claim[], more: readonly Claim[]): readonly Claim[] => {
  const known = new Set(claims.map((claim) => JSON.stringify(claim)));
  return [...claims, ...more.filter((claim) => !known.has(JSON.stringify(claim)))];
};

/** How a hold stands in the indexes of claims: in the order of the fences, which are the keys. */
const holderWith = (fence: Fence): Place => ({key: fence, arrival: 0});

interface Parts {
  readonly holds: PersistentMap<Fence, Hold>;
  readonly agents: PersistentMap<AgentId, Fence>;
  readonly writes: ClaimIndex<Place>;
  readonly reads: ClaimIndex<Place>;
  readonly quarantined: number;
}

/**
 * The agents and claims held by running attempts. Immutable: each change gives a new table.
 *
 * Claims are found by an index, so that a task is not compared with every claim that is held.
 */
export class LockTable {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static empty(): LockTable {
    return new LockTable({
      holds: PersistentMap(),
      agents: PersistentMap(),
      writes: ClaimIndex.empty(),
      reads: ClaimIndex.empty(),
      quarantined: 0,
    });
  }

  /** How many attempts count against the limit. A quarantined one does not: its slot would be lost for good. */
  get running(): number {
    return this.#parts.holds.size - this.#parts.quarantined;
  }

  get size(): number {
    return this.#parts.holds.size;
  }

  get(fence: Fence): Hold | undefined {
    return this.#parts.holds.get(fence);
  }

  /** In the order of their fences. */
  holds(): readonly Hold[] {
    return [...this.#parts.holds.values()].toSorted((a, b) => a.fence - b.fence);
  }

  holderOf(agentId: AgentId): Hold | undefined {
    const fence = this.#parts.agents.get(agentId);
    return fence === undefined ? undefined : this.#parts.holds.get(fence);
  }

  /**
   * Every holder that keeps these claims from being taken, each with at most `pairsMax` of the pairs that collide.
   * `except`: the fence of a hold that is not looked at.
   */
  collisions(sets: ClaimSets, pairsMax: number, except: Fence | null = null): readonly Collision[] {
    const found = new Map<Fence, {holder: Hold; pairs: (readonly [Claim, Claim])[]; seen: Set<string>}>();
    this.#visit(sets, (claim, fence, holderClaim) => {
      const holder = this.#parts.holds.get(fence);
      if (holder === undefined || fence === except) return false;
      const of = found.get(fence) ?? {holder, pairs: [], seen: new Set()};
      found.set(fence, of);
      // A claim with several forms is told of more than once, and one may be written and read.
      const key = `${claim.text}\0${holderClaim.text}`;
      if (!of.seen.has(key) && of.pairs.length < pairsMax) of.pairs.push([claim, holderClaim]);
      of.seen.add(key);
      return false;
    });
    return [...found.values()]
      .map(({holder, pairs, seen}) => ({holder, pairs, morePairs: seen.size - pairs.length}))
      .toSorted((a, b) => a.holder.fence - b.holder.fence);
  }

  collides(sets: ClaimSets): boolean {
    return this.#visit(sets, () => true);
  }

  /** A claim held that keeps these from being taken: one that is preferred if there is one, `null` if there is none. */
  findColliding(sets: ClaimSets, isPreferred: (held: HeldClaim) => boolean): HeldClaim | null {
    const found: HeldClaim[] = [];
    const isSettled = this.#visit(sets, (_, __, claim, access) => {
      found.push({access, claim});
      return isPreferred({access, claim});
    });
    return (isSettled ? found.at(-1) : found[0]) ?? null;
  }

  take(hold: Hold): LockTable {
    const {holds, agents, writes, reads} = this.#parts;
    return new LockTable({
      ...this.#parts,
      holds: holds.set(hold.fence, hold),
      agents: agents.set(hold.agentId, hold.fence),
      writes: writes.add(holderWith(hold.fence), hold.writes),
      reads: reads.add(holderWith(hold.fence), hold.reads),
      quarantined: this.#parts.quarantined + (hold.quarantined ? 1 : 0),
    });
  }

  /** The hold with other claims, because the disk shows more than it did. */
  reclaim(fence: Fence, sets: ClaimSets): LockTable {
    const hold = this.#parts.holds.get(fence);
    if (hold === undefined) return this;
    const {writes, reads} = sets;
    return this.release(fence).take({...hold, writes, reads});
  }

  /** The hold with these claims as well: whoever runs may still write what he could before. */
  extend(fence: Fence, {writes, reads}: ClaimSets, overlapped: boolean): LockTable {
    const hold = this.#parts.holds.get(fence);
    if (hold === undefined) return this;
    return this.release(fence).take({
      ...hold,
      writes: withMore(hold.writes, writes),
      reads: withMore(hold.reads, reads),
      overlapped: hold.overlapped || overlapped,
    });
  }

  quarantine(fence: Fence): LockTable {
    const hold = this.#parts.holds.get(fence);
    if (hold === undefined || hold.quarantined) return this;
    return new LockTable({
      ...this.#parts,
      holds: this.#parts.holds.set(fence, {...hold, quarantined: true}),
      quarantined: this.#parts.quarantined + 1,
    });
  }

  release(fence: Fence): LockTable {
    const {holds, agents, writes, reads, quarantined} = this.#parts;
    const hold = holds.get(fence);
    if (hold === undefined) return this;
    return new LockTable({
      holds: holds.delete(fence),
      agents: agents.delete(hold.agentId),
      writes: writes.remove(holderWith(fence), hold.writes),
      reads: reads.remove(holderWith(fence), hold.reads),
      quarantined: quarantined - (hold.quarantined ? 1 : 0),
    });
  }

  /** Tells of every claim held that keeps one of these apart, until `visit` returns true. */
  #visit(
    sets: ClaimSets,
    visit: (ours: Claim, fence: Fence, theirs: Claim, access: 'write' | 'read') => boolean,
  ): boolean {
    const {writes, reads} = this.#parts;
    const against = (access: 'write' | 'read', ours: Claim): boolean =>
      (access === 'write' ? writes : reads).visitOverlapping(ours, (holder, theirs) =>
        visit(ours, holder.key, theirs, access),
      );
    return (
      sets.writes.some((ours) => against('write', ours) || against('read', ours)) ||
      sets.reads.some((ours) => against('write', ours))
    );
  }
}
