import {Map as PersistentMap} from 'immutable';
import type {AgentTypeName} from '../agent-type.ts';
import type {Claim} from '../claim/claim.ts';
import {ClaimIndex} from '../claim/claim-index.ts';
import {Ordered} from '../ordered.ts';
import type {Place} from '../place.ts';
import type {ClassId, Needs} from './queued-task.ts';

/**
 * A class of queued tasks, at the place of its first task. That task is one, so that the orders in which classes are looked
 * for share it.
 */
export interface ClassPlace extends Place {
  readonly classId: ClassId;
}

/**
 * The classes that were looked at and could not start, by what they need: to find those that a start overtakes without
 * comparing with all that wait. Immutable.
 */
export class PassedClasses {
  readonly #types: PersistentMap<AgentTypeName, Ordered<ClassPlace>>;
  readonly #writes: ClaimIndex<ClassPlace>;
  readonly #reads: ClaimIndex<ClassPlace>;

  private constructor(
    types: PersistentMap<AgentTypeName, Ordered<ClassPlace>>,
    writes: ClaimIndex<ClassPlace>,
    reads: ClaimIndex<ClassPlace>,
  ) {
    this.#types = types;
    this.#writes = writes;
    this.#reads = reads;
  }

  static empty(): PassedClasses {
    return new PassedClasses(PersistentMap(), ClaimIndex.empty(), ClaimIndex.empty());
  }

  add(one: ClassPlace, {agentType, writes, reads}: Needs): PassedClasses {
    const ofType = this.#types.get(agentType) ?? Ordered.empty<ClassPlace>();
    return new PassedClasses(
      this.#types.set(agentType, ofType.insert(one)),
      this.#writes.add(one, writes),
      this.#reads.add(one, reads),
    );
  }

  remove(one: ClassPlace, {agentType, writes, reads}: Needs): PassedClasses {
    const ofType = (this.#types.get(agentType) ?? Ordered.empty<ClassPlace>()).remove(one);
    return new PassedClasses(
      ofType.size === 0 ? this.#types.delete(agentType) : this.#types.set(agentType, ofType),
      this.#writes.remove(one, writes),
      this.#reads.remove(one, reads),
    );
  }

  /**
   * Tells of every class that conflicts with a task of these needs and whose first task stands before this place, until
   * `visit` returns true. A class may be told of more than once. Returns whether `visit` ended it.
   */
  visitConflicting(needs: Needs, before: Place, visit: (id: ClassId) => boolean): boolean {
    const ofType = this.#types.get(needs.agentType);
    if (ofType?.visitBefore(before, ({classId}) => visit(classId)) === true) return true;
    const against = (index: ClaimIndex<ClassPlace>, claim: Claim): boolean =>
      index.visitOverlapping(claim, ({classId}) => visit(classId), before);
    return (
      needs.writes.some((claim) => against(this.#writes, claim) || against(this.#reads, claim)) ||
      needs.reads.some((claim) => against(this.#writes, claim))
    );
  }
}
