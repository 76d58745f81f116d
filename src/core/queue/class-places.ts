import {Map as PersistentMap} from 'immutable';
import type {AgentTypeName} from '../agent-type.ts';
import type {ClaimSets} from '../lock-table.ts';
import {Ordered} from '../ordered.ts';
import {isBefore, isSamePlace, type Place} from '../place.ts';
import {type ClassPlace, PassedClasses} from './passed-classes.ts';
import type {ClassId, Needs} from './queued-task.ts';
import {TypeQueues} from './type-queues.ts';
import {headOf, type WaitingClass} from './waiting-class.ts';
import {groupOf, waitsForClaim} from './waits-for.ts';

interface Parts {
  /** By what they wait for: whom to look at when something becomes free. */
  readonly types: TypeQueues;
  /** Those that nobody passed by yet. */
  readonly unpassed: Ordered<ClassPlace>;
  /** Those that were passed by: whom a start overtakes. */
  readonly passed: PassedClasses;
  /** Those with a task that reserves, by agent type and at the place of that task. */
  readonly reserving: PersistentMap<AgentTypeName, Ordered<ClassPlace>>;
}

/** Where each class of queued tasks stands, in every order in which it is looked for. Immutable. */
export class ClassPlaces {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static empty(): ClassPlaces {
    return new ClassPlaces({
      types: TypeQueues.empty(),
      unpassed: Ordered.empty(),
      passed: PassedClasses.empty(),
      reserving: PersistentMap(),
    });
  }

  /** A class is another than it was: `null` before it came, and when nothing is left of it. */
  replace(before: WaitingClass | null, after: WaitingClass | null): ClassPlaces {
    return this.#waiting(before, after).#passing(before, after).#reserved(before, after);
  }

  /** The class to look at next: the first of those that may be able to start. */
  get next(): ClassPlace | undefined {
    return this.#parts.types.next;
  }

  /** All classes that have to be looked at, in no order. */
  open(): Generator<ClassPlace> {
    return this.#parts.types.allOpen();
  }

  isOpen(one: WaitingClass): boolean {
    return this.#parts.types.isOpen(one.needs.agentType, groupOf(one.waitsFor), headOf(one));
  }

  /** The first class before this place that nobody passed by yet. */
  firstUnpassed(before: Place): ClassPlace | undefined {
    const {first} = this.#parts.unpassed;
    return first !== undefined && isBefore(first, before) ? first : undefined;
  }

  /** See `PassedClasses`. */
  visitPassed(needs: Needs, before: Place, visit: (id: ClassId) => boolean): boolean {
    return this.#parts.passed.visitConflicting(needs, before, visit);
  }

  reservingOf(agentType: AgentTypeName): Ordered<ClassPlace> {
    return this.#parts.reserving.get(agentType) ?? Ordered.empty();
  }

  /**
   * What this class waits for is in the way: those that wait for the same need not be looked at. A claim that is held is
   * in the way of all; a task that reserves only of those behind it, which are those of its type behind this class.
   */
  closeGroup({needs, waitsFor}: WaitingClass): ClassPlaces {
    const {types} = this.#parts;
    const group = groupOf(waitsFor);
    return this.#withTypes(
      waitsFor?.kind === 'claim' ? types.close(group) : types.closeOf(needs.agentType, group),
    );
  }

  /** No class of the type that stands behind this place has to be looked at. */
  closeType(agentType: AgentTypeName, behind: Place): ClassPlaces {
    return this.#withTypes(this.#parts.types.closeType(agentType, behind));
  }

  /** What an attempt held is free, and what these types may have waited for: those that did have to be looked at. */
  freed(agentTypes: readonly AgentTypeName[], held: ClaimSets): ClassPlaces {
    let {types} = this.#parts;
    for (const agentType of agentTypes) types = types.openType(agentType);
    for (const claim of held.writes) types = types.open(groupOf(waitsForClaim('write', claim)));
    for (const claim of held.reads) types = types.open(groupOf(waitsForClaim('read', claim)));
    return this.#withTypes(types);
  }

  /** Every class has to be looked at. */
  openAll(): ClassPlaces {
    return this.#withTypes(this.#parts.types.openAll());
  }

  #withTypes(types: TypeQueues): ClassPlaces {
    return types === this.#parts.types ? this : new ClassPlaces({...this.#parts, types});
  }

  #waiting(before: WaitingClass | null, after: WaitingClass | null): ClassPlaces {
    let {types} = this.#parts;
    const [from, to] = [before && groupOf(before.waitsFor), after && groupOf(after.waitsFor)];
    if (before !== null && after !== null && from === to) {
      const [was, is] = [headOf(before), headOf(after)];
      if (!isSamePlace(was, is))
        types = types.replace(before.needs.agentType, groupOf(before.waitsFor), was, is);
      return this.#withTypes(types);
    }
    if (before !== null)
      types = types.remove(before.needs.agentType, groupOf(before.waitsFor), headOf(before));
    // A group that is made for it is closed, apart from that of those that nobody has looked at.
    if (after !== null) {
      types = types.add(
        after.needs.agentType,
        groupOf(after.waitsFor),
        headOf(after),
        after.waitsFor === null,
      );
    }
    return this.#withTypes(types);
  }

  #passing(before: WaitingClass | null, after: WaitingClass | null): ClassPlaces {
    const isSame =
      before !== null &&
      after !== null &&
      before.isPassed === after.isPassed &&
      isSamePlace(headOf(before), headOf(after));
    if (isSame) return this;
    let {passed, unpassed} = this.#parts;
    if (before?.isPassed === true) passed = passed.remove(headOf(before), before.needs);
    else if (before !== null) unpassed = unpassed.remove(headOf(before));
    if (after?.isPassed === true) passed = passed.add(headOf(after), after.needs);
    else if (after !== null) unpassed = unpassed.insert(headOf(after));
    return new ClassPlaces({...this.#parts, passed, unpassed});
  }

  /** Another of its tasks reserves, or none any more: those that were kept back for it may no longer be. */
  #reserved(before: WaitingClass | null, after: WaitingClass | null): ClassPlaces {
    const [was, is] = [before?.reserving ?? null, after?.reserving ?? null];
    const one = after ?? before;
    if (was === is || one === null) return this;
    const {id, needs} = one;
    let ofType = this.reservingOf(needs.agentType);
    if (was !== null) ofType = ofType.remove(was);
    if (is !== null) ofType = ofType.insert(is);
    const {reserving, types} = this.#parts;
    const {agentType} = needs;
    return new ClassPlaces({
      ...this.#parts,
      reserving: ofType.size === 0 ? reserving.delete(agentType) : reserving.set(agentType, ofType),
      types:
        was === null ? types : types.openType(agentType).open(groupOf({kind: 'reservation', classId: id})),
    });
  }
}
