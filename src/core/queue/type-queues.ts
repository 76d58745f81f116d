import {Map as PersistentMap} from 'immutable';
import type {AgentTypeName} from '../agent-type.ts';
import {Ordered} from '../ordered.ts';
import {AT_THE_END, isSamePlace, type Place} from '../place.ts';
import type {ClassPlace} from './passed-classes.ts';
import {TypeQueue} from './type-queue.ts';

/** An agent type with a class that has to be looked at, at the place of the first one. */
interface OpenType extends Place {
  readonly agentType: AgentTypeName;
}

/**
 * The waiting classes of all agent types. What becomes free opens the groups that wait for it, and only classes in open
 * groups of open types are looked at: the first of all first. Immutable.
 */
export class TypeQueues {
  readonly #types: PersistentMap<AgentTypeName, TypeQueue>;
  readonly #open: Ordered<OpenType>;
  /** The types that have a group of this name. */
  readonly #withGroup: PersistentMap<string, readonly AgentTypeName[]>;

  private constructor(
    types: PersistentMap<AgentTypeName, TypeQueue>,
    open: Ordered<OpenType>,
    withGroup: PersistentMap<string, readonly AgentTypeName[]>,
  ) {
    this.#types = types;
    this.#open = open;
    this.#withGroup = withGroup;
  }

  static empty(): TypeQueues {
    return new TypeQueues(PersistentMap(), Ordered.empty(), PersistentMap());
  }

  /** The class to look at next. */
  get next(): ClassPlace | undefined {
    const agentType = this.#open.first?.agentType;
    return agentType === undefined ? undefined : this.#types.get(agentType)?.next;
  }

  /** Puts a class into a group of its type, which is made if need be: open or closed. */
  add(agentType: AgentTypeName, group: string, one: ClassPlace, isOpen: boolean): TypeQueues {
    const queue = this.#types.get(agentType) ?? TypeQueue.empty();
    return this.#changed(agentType, group, queue.add(group, one, isOpen));
  }

  remove(agentType: AgentTypeName, group: string, place: Place): TypeQueues {
    const queue = this.#types.get(agentType);
    return queue === undefined ? this : this.#changed(agentType, group, queue.remove(group, place));
  }

  replace(agentType: AgentTypeName, group: string, place: Place, by: ClassPlace): TypeQueues {
    const queue = this.#types.get(agentType);
    return queue === undefined ? this : this.#changed(agentType, group, queue.replace(group, place, by));
  }

  /** What the groups of this name wait for may be free. */
  open(group: string): TypeQueues {
    return this.#setAll(group, true);
  }

  /** What the groups of this name wait for is in the way of all types. */
  close(group: string): TypeQueues {
    return this.#setAll(group, false);
  }

  /** What the group of this name waits for is in the way of this type. */
  closeOf(agentType: AgentTypeName, group: string): TypeQueues {
    return this.#set(agentType, group, false);
  }

  /** No class of the type that stands behind this place has to be looked at. */
  closeType(agentType: AgentTypeName, behind: Place): TypeQueues {
    const queue = this.#types.get(agentType);
    const next = queue?.closeBehind(behind);
    if (queue === undefined || next === undefined || next === queue) return this;
    return this.#withType(agentType, queue, next, this.#withGroup);
  }

  openType(agentType: AgentTypeName): TypeQueues {
    return this.closeType(agentType, AT_THE_END);
  }

  /** Every class has to be looked at. */
  openAll(): TypeQueues {
    const opened = [...this.#types.keys()].reduce<TypeQueues>(
      (all, agentType) => all.openType(agentType),
      this,
    );
    return [...this.#withGroup.keys()].reduce((all, group) => all.open(group), opened);
  }

  /** All classes that have to be looked at, in no order. */
  *allOpen(): Generator<ClassPlace> {
    for (const {agentType} of this.#open) yield* this.#types.get(agentType)?.allOpen() ?? [];
  }

  isOpen(agentType: AgentTypeName, group: string, place: Place): boolean {
    return this.#types.get(agentType)?.isOpen(group, place) === true;
  }

  #setAll(group: string, isOpen: boolean): TypeQueues {
    const types = this.#withGroup.get(group) ?? [];
    return types.reduce<TypeQueues>((all, agentType) => all.#set(agentType, group, isOpen), this);
  }

  #set(agentType: AgentTypeName, group: string, isOpen: boolean): TypeQueues {
    const queue = this.#types.get(agentType);
    const next = queue?.set(group, isOpen);
    if (queue === undefined || next === undefined || next === queue) return this;
    return this.#withType(agentType, queue, next, this.#withGroup);
  }

  #changed(agentType: AgentTypeName, group: string, after: TypeQueue): TypeQueues {
    const before = this.#types.get(agentType);
    const had = before?.has(group) === true;
    const has = after.has(group);
    let withGroup = this.#withGroup;
    if (had !== has) {
      const types = withGroup.get(group) ?? [];
      const next = has ? [...types, agentType] : types.filter((name) => name !== agentType);
      withGroup = next.length === 0 ? withGroup.delete(group) : withGroup.set(group, next);
    }
    return this.#withType(agentType, before, after, withGroup);
  }

  #withType(
    agentType: AgentTypeName,
    before: TypeQueue | undefined,
    after: TypeQueue,
    withGroup: PersistentMap<string, readonly AgentTypeName[]>,
  ): TypeQueues {
    const was = before?.next;
    const is = after.next;
    let open = this.#open;
    if (was !== undefined && (is === undefined || !isSamePlace(was, is))) open = open.remove(was);
    if (is !== undefined && (was === undefined || !isSamePlace(was, is))) {
      open = open.insert({key: is.key, arrival: is.arrival, agentType});
    }
    const types = after.isEmpty ? this.#types.delete(agentType) : this.#types.set(agentType, after);
    return new TypeQueues(types, open, withGroup);
  }
}
