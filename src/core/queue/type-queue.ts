import {Map as PersistentMap} from 'immutable';
import {Ordered} from '../ordered.ts';
import {AT_THE_END, isBefore, isSamePlace, type Place} from '../place.ts';
import type {ClassPlace} from './passed-classes.ts';

/** Classes that wait for one thing. */
interface Group {
  /** In the order of their first tasks; never empty. */
  readonly classes: Ordered<ClassPlace>;
  /** What they wait for may be free, so that they have to be looked at. */
  readonly isOpen: boolean;
}

/** An open group, at the place of its first class. */
interface OpenGroup extends Place {
  readonly group: string;
}

const headOf = ({classes}: Group): ClassPlace => {
  const {first} = classes;
  if (first === undefined) throw new Error('Internal error: a group of waiting classes is empty');
  return first;
};

/**
 * The waiting classes of one agent type, each in the group of the one thing that it waits for: a claim that is held, or a
 * task that reserves. Immutable.
 */
export class TypeQueue {
  readonly #groups: PersistentMap<string, Group>;
  readonly #open: Ordered<OpenGroup>;
  /** None of its classes that stand behind this place has to be looked at, whatever they wait for. */
  readonly closedBehind: Place;

  private constructor(groups: PersistentMap<string, Group>, open: Ordered<OpenGroup>, closedBehind: Place) {
    this.#groups = groups;
    this.#open = open;
    this.closedBehind = closedBehind;
  }

  static empty(): TypeQueue {
    return new TypeQueue(PersistentMap(), Ordered.empty(), AT_THE_END);
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  /** The first class of those that have to be looked at. */
  get next(): ClassPlace | undefined {
    const {first} = this.#open;
    if (first === undefined || isBefore(this.closedBehind, first)) return undefined;
    return this.#groups.get(first.group)?.classes.first;
  }

  /** All classes that have to be looked at, in no order. */
  *allOpen(): Generator<ClassPlace> {
    for (const {group} of this.#open) {
      for (const one of this.#groups.get(group)?.classes ?? []) {
        if (isBefore(this.closedBehind, one)) break;
        yield one;
      }
    }
  }

  /** Has the class to be looked at? */
  isOpen(group: string, place: Place): boolean {
    return this.#groups.get(group)?.isOpen === true && !isBefore(this.closedBehind, place);
  }

  has(group: string): boolean {
    return this.#groups.has(group);
  }

  /** Puts a class into a group, which is made if need be: open or closed. */
  add(key: string, one: ClassPlace, isOpen: boolean): TypeQueue {
    const group = this.#groups.get(key);
    return group === undefined
      ? this.#with(key, undefined, {classes: Ordered.of(one), isOpen})
      : this.#with(key, group, {...group, classes: group.classes.insert(one)});
  }

  remove(key: string, place: Place): TypeQueue {
    const group = this.#groups.get(key);
    if (group === undefined) return this;
    const classes = group.classes.remove(place);
    return this.#with(key, group, classes.size === 0 ? undefined : {...group, classes});
  }

  /** The class has another place: its group stays open or closed. */
  replace(key: string, place: Place, by: ClassPlace): TypeQueue {
    const group = this.#groups.get(key);
    if (group === undefined) return this;
    return this.#with(key, group, {...group, classes: group.classes.remove(place).insert(by)});
  }

  /** What the group waits for may be free, or is not. */
  set(key: string, isOpen: boolean): TypeQueue {
    const group = this.#groups.get(key);
    return group === undefined || group.isOpen === isOpen ? this : this.#with(key, group, {...group, isOpen});
  }

  closeBehind(place: Place): TypeQueue {
    return isSamePlace(this.closedBehind, place) ? this : new TypeQueue(this.#groups, this.#open, place);
  }

  #with(key: string, before: Group | undefined, after: Group | undefined): TypeQueue {
    const groups = after === undefined ? this.#groups.delete(key) : this.#groups.set(key, after);
    const was = before?.isOpen === true ? headOf(before) : null;
    const is = after?.isOpen === true ? headOf(after) : null;
    let open = this.#open;
    if (was !== null && (is === null || !isSamePlace(was, is))) open = open.remove(was);
    if (is !== null && (was === null || !isSamePlace(was, is))) {
      open = open.insert({key: is.key, arrival: is.arrival, group: key});
    }
    return new TypeQueue(groups, open, this.closedBehind);
  }
}
