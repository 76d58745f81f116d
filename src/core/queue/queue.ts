import {Map as PersistentMap} from 'immutable';
import type {AgentTypeName} from '../agent-type.ts';
import type {ClaimSets} from '../lock-table.ts';
import {Ordered} from '../ordered.ts';
import {isBefore, isSamePlace, type Place} from '../place.ts';
import type {Fence, TaskId} from '../task.ts';
import {classKey} from './needs-key.ts';
import {type ClassPlace, PassedClasses} from './passed-classes.ts';
import type {Needs, QueuedTask, QueueEntry} from './queued-task.ts';
import {TypeQueues} from './type-queues.ts';
import {
  type ClassId,
  headOf,
  newClass,
  overtakenOnce,
  overtakesIn,
  UNSEEN,
  type WaitingClass,
  withoutTask,
  withTask,
} from './waiting-class.ts';
import {groupOf, RESERVATION, type WaitsFor, waitsForClaim} from './waits-for.ts';

/** A task to be queued. */
export interface NewEntry extends Place {
  readonly taskId: TaskId;
  readonly needs: Needs;
  readonly overtakenBefore: number;
  readonly queuedAfter: Fence;
}

interface Arrival extends Place {
  readonly task: QueuedTask;
}

interface Parts {
  readonly overtakesMax: number;
  readonly overtakesMost: number;
  readonly tasks: Ordered<QueuedTask>;
  /** The tasks in the order of arrival; `null` if nobody asks. */
  readonly arrivals: Ordered<Arrival> | null;
  readonly classes: PersistentMap<string, WaitingClass>;
  readonly types: TypeQueues;
  /** The classes that nobody passed by yet. */
  readonly unpassed: Ordered<ClassPlace>;
  readonly passed: PassedClasses;
  readonly reserving: PersistentMap<AgentTypeName, Ordered<ClassPlace>>;
}

const arrivalOf = ({arrival}: Place): Place => ({key: arrival, arrival: 0});

const placeOf = (one: WaitingClass): ClassPlace => {
  const {key, arrival} = headOf(one);
  return {key, arrival, id: one.id};
};

/**
 * The queued tasks in scheduling order. Immutable: each change gives a new queue, and costs no more than a few paths
 * through it, however long it is.
 *
 * Tasks with the same needs form a class, and each class waits in the group of one thing that is in its way. What the
 * classes wait for is what was found when they were looked at last: it says whom to look at when something becomes
 * free, and nothing else. A queue that was made from events alone has looked at nobody yet, and makes the same
 * decisions.
 */
export class Queue implements Iterable<QueueEntry> {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * `overtakesMax`: how often a task may be overtaken before it reserves. `knowsOldest`: the task that came first can be
   * asked for, which costs a little memory per task.
   */
  static empty(overtakesMax: number, knowsOldest = false): Queue {
    return new Queue({
      overtakesMax,
      arrivals: knowsOldest ? Ordered.empty() : null,
      overtakesMost: 0,
      tasks: Ordered.empty(),
      classes: PersistentMap(),
      types: TypeQueues.empty(),
      unpassed: Ordered.empty(),
      passed: PassedClasses.empty(),
      reserving: PersistentMap(),
    });
  }

  get size(): number {
    return this.#parts.tasks.size;
  }

  /** The most often that any task, still queued or not, was overtaken. */
  get overtakesMost(): number {
    return this.#parts.overtakesMost;
  }

  *[Symbol.iterator](): Iterator<QueueEntry> {
    for (const task of this.#parts.tasks) yield this.#entryOf(task);
  }

  /** The tasks alone, in scheduling order. */
  get tasks(): Iterable<QueuedTask> {
    return this.#parts.tasks;
  }

  /** How many tasks stand before this place. */
  rank(place: Place): number {
    return this.#parts.tasks.rank(place);
  }

  overtakesOf(place: Place): number {
    const task = this.#parts.tasks.get(place);
    return task === undefined ? 0 : this.#entryOf(task).overtakes;
  }

  /** Every task that was overtaken as often as is allowed, in scheduling order. Looks at each class. */
  reserving(): readonly QueueEntry[] {
    const {classes, overtakesMax} = this.#parts;
    const found: QueueEntry[] = [];
    for (const one of classes.values()) {
      if (one.reserving === null) continue;
      for (const task of one.tasks) {
        if (overtakesIn(one, task) >= overtakesMax) found.push(this.#entryOf(task));
      }
    }
    return found.toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  /** The first task of this class that reserves. */
  reservingIn(classId: string): QueueEntry | null {
    const task = this.#parts.classes.get(classId)?.reserving ?? null;
    return task === null ? null : this.#entryOf(task);
  }

  add({taskId, key, arrival, needs, overtakenBefore, queuedAfter}: NewEntry): Queue {
    const {tasks, arrivals, classes, types, unpassed, overtakesMax} = this.#parts;
    const classId = classKey(needs, overtakenBefore);
    const task: QueuedTask = {taskId, key, arrival, classId, overtakenBefore, queuedAfter};
    const known = classes.get(classId);
    const more = this.#with({
      tasks: tasks.insert(task),
      arrivals: arrivals === null ? null : arrivals.insert({...arrivalOf(task), task}),
    });
    if (known === undefined) {
      const one = newClass(classId, needs, task, overtakesMax);
      return more
        .#with({
          classes: classes.set(classId, one),
          types: types.add(needs.agentType, UNSEEN, {key, arrival, id: classId}, true),
          unpassed: unpassed.insert({key, arrival, id: classId}),
        })
        .#reserved({...one, reserving: null}, one);
    }
    const next = more.#replaced(known, withTask(known, task, overtakesMax));
    // Whoever reserves does so only against those behind it.
    return known.group.startsWith(RESERVATION) && isBefore(task, headOf(known))
      ? next.#moved(classId, UNSEEN)
      : next;
  }

  remove(place: Place): Queue {
    const {tasks, arrivals, overtakesMax} = this.#parts;
    const task = tasks.get(place);
    if (task === undefined) return this;
    const one = this.#class(task.classId);
    const less = this.#with({
      tasks: tasks.remove(place),
      arrivals: arrivals === null ? null : arrivals.remove(arrivalOf(place)),
    });
    return less.#replaced(one, withoutTask(one, place, overtakesMax));
  }

  /** The task has another place, and was overtaken so often up to this fence. */
  moved(from: Place, {key, arrival}: Place, overtakenBefore: number, queuedAfter: Fence): Queue {
    const task = this.#parts.tasks.get(from);
    if (task === undefined) return this;
    const {needs} = this.#class(task.classId);
    return this.remove(from).add({...task, key, arrival, needs, overtakenBefore, queuedAfter});
  }

  /** The class of this task is passed by, as if it had been looked at. */
  passed(place: Place): Queue {
    const task = this.#parts.tasks.get(place);
    return task === undefined ? this : this.pass(task.classId);
  }

  /** The class as it is now, if it still has to be looked at; else `null`. */
  stillOpen(id: ClassId): WaitingClass | null {
    const one = this.#parts.classes.get(id);
    if (one === undefined) return null;
    return this.#parts.types.isOpen(one.needs.agentType, one.group, headOf(one)) ? one : null;
  }

  /** All classes that have to be looked at, in no order. */
  *open(): Generator<WaitingClass> {
    for (const place of this.#parts.types.allOpen()) yield this.#class(place.id);
  }

  /** The task that came first of all; `null` if there is none, or if the queue was not made to know. */
  get oldest(): QueuedTask | null {
    return this.#parts.arrivals?.first?.task ?? null;
  }

  /** The class that has to be looked at next: its first task is the first of all that may be able to start. */
  next(): WaitingClass | null {
    return this.#classAt(this.#parts.types.next);
  }

  /**
   * The class was looked at, and waits for this. If that is what it waited for before, all that wait for it go on doing
   * so.
   */
  park(id: string, waitsFor: WaitsFor): Queue {
    const {agentType} = this.#class(id).needs;
    const group = groupOf(waitsFor);
    const moved = this.#moved(id, group);
    return moved.#with({types: moved.#parts.types.close(agentType, group)});
  }

  /** The first class before this place that nobody passed by yet. */
  firstUnpassed(before: Place): WaitingClass | null {
    const {first} = this.#parts.unpassed;
    return first !== undefined && isBefore(first, before) ? this.#classAt(first) : null;
  }

  /** The class is passed by: from here on it can be overtaken. */
  pass(id: string): Queue {
    const one = this.#class(id);
    if (one.isPassed) return this;
    const {classes, passed, unpassed} = this.#parts;
    const place = placeOf(one);
    return this.#with({
      classes: classes.set(id, {...one, isPassed: true}),
      passed: passed.add(place, one.needs),
      unpassed: unpassed.remove(place),
    });
  }

  /** No class of the type that stands behind this place can start: no agent is idle, or the one that stands here goes first. */
  closeType(agentType: AgentTypeName, behind: Place): Queue {
    return this.#with({types: this.#parts.types.closeType(agentType, behind)});
  }

  /** The classes of this type with a task that reserves, at the place of that task. */
  reservingOf(agentType: AgentTypeName): Ordered<ClassPlace> {
    return this.#parts.reserving.get(agentType) ?? Ordered.empty();
  }

  /** What an attempt held is free: those that wait for it have to be looked at. */
  freed(agentType: AgentTypeName, held: ClaimSets): Queue {
    let types = this.#parts.types.openType(agentType);
    for (const claim of held.writes) types = types.open(groupOf(waitsForClaim('write', claim)));
    for (const claim of held.reads) types = types.open(groupOf(waitsForClaim('read', claim)));
    return types === this.#parts.types ? this : this.#with({types});
  }

  /** Nothing is reserved for certain any more: those that wait for a task that goes first have to be looked at. */
  reservationsFreed(): Queue {
    let {types} = this.#parts;
    for (const group of types.groups()) if (group.startsWith(RESERVATION)) types = types.open(group);
    for (const agentType of types.agentTypes()) types = types.openType(agentType);
    return this.#with({types});
  }

  /** Does the class wait for this, as far as is known? */
  isParkedOn(one: WaitingClass, waitsFor: WaitsFor): boolean {
    return one.group === groupOf(waitsFor);
  }

  /** The class that the class waits for, because one of its tasks goes first; `null` if it waits for something else. */
  reservedFor(one: WaitingClass): WaitingClass | null {
    if (!one.group.startsWith(RESERVATION)) return null;
    return this.#parts.classes.get(one.group.slice(RESERVATION.length)) ?? null;
  }

  /**
   * The classes that were passed by, conflict with a task of these needs, and whose first task stands before this place.
   * They are collected until `isEnough` is true of one, which then is the last.
   */
  passedBefore(
    needs: Needs,
    before: Place,
    isEnough: (one: WaitingClass) => boolean,
  ): readonly WaitingClass[] {
    const {passed} = this.#parts;
    const found = new Map<string, WaitingClass>();
    passed.visitConflicting(needs, before, (id) => {
      if (found.has(id)) return false;
      const one = this.#class(id);
      found.set(id, one);
      return isEnough(one);
    });
    return [...found.values()];
  }

  /** A task that stood here started, and overtook those before it that have the needs of one of these. */
  overtaken(heads: readonly Place[], by: Place, fence: Fence): Queue {
    if (heads.length === 0) return this;
    const {tasks, overtakesMax} = this.#parts;
    let {overtakesMost} = this.#parts;
    const reserving: (readonly [before: WaitingClass, after: WaitingClass])[] = [];
    // They may be hundreds: one changed map for all of them.
    const classes = this.#parts.classes.withMutations((all) => {
      for (const place of heads) {
        const task = tasks.get(place);
        if (task === undefined) continue;
        const one = this.#class(task.classId);
        const next = overtakenOnce(one, by, fence, overtakesMax);
        overtakesMost = Math.max(overtakesMost, overtakesIn(next, headOf(next)));
        all.set(one.id, next);
        if (next.reserving !== one.reserving) reserving.push([one, next]);
      }
    });
    const counted = this.#with({classes, overtakesMost});
    return reserving.reduce<Queue>((queue, [before, after]) => queue.#reserved(before, after), counted);
  }

  /** It was said of this task that something is in its way. */
  announced(place: Place): Queue {
    const {tasks, classes} = this.#parts;
    const task = tasks.get(place);
    const one = task === undefined ? undefined : classes.get(task.classId);
    if (task === undefined || one === undefined) return this;
    return this.#with({classes: classes.set(one.id, {...one, announced: task.taskId})});
  }

  #entryOf(task: QueuedTask): QueueEntry {
    const {taskId, key, arrival} = task;
    const one = this.#parts.classes.get(task.classId);
    const overtakes = one === undefined ? task.overtakenBefore : overtakesIn(one, task);
    return {taskId, key, arrival, overtakes};
  }

  #with(changed: Partial<Parts>): Queue {
    return new Queue({...this.#parts, ...changed});
  }

  #class(id: string): WaitingClass {
    const one = this.#parts.classes.get(id);
    if (one === undefined) throw new Error('Internal error: a class of queued tasks is not known');
    return one;
  }

  classOf({id}: ClassPlace): WaitingClass {
    return this.#class(id);
  }

  #classAt(place: ClassPlace | undefined): WaitingClass | null {
    return place === undefined ? null : this.#class(place.id);
  }

  /** The class in another group. A new group is closed, apart from that of those that nobody has looked at. */
  #moved(id: string, group: string): Queue {
    const {classes, types} = this.#parts;
    const one = this.#class(id);
    if (one.group === group) return this;
    const place = placeOf(one);
    const {agentType} = one.needs;
    return this.#with({
      classes: classes.set(id, {...one, group}),
      types: types.remove(agentType, one.group, place).add(agentType, group, place, group === UNSEEN),
    });
  }

  /** Another of its tasks reserves, or none any more: those that were kept back for it may no longer be. */
  #reserved({id, needs: {agentType}, reserving: before}: WaitingClass, after: WaitingClass | null): Queue {
    const now = after?.reserving ?? null;
    if (before === now) return this;
    let ofType = this.reservingOf(agentType);
    if (before !== null) ofType = ofType.remove(before);
    if (now !== null) ofType = ofType.insert({key: now.key, arrival: now.arrival, id});
    const {reserving, types} = this.#parts;
    return this.#with({
      reserving: ofType.size === 0 ? reserving.delete(agentType) : reserving.set(agentType, ofType),
      types:
        before === null ? types : types.openType(agentType).open(groupOf({kind: 'reservation', classId: id})),
    });
  }

  /** The class as it is now, `null` if nothing is left of it: everything that knows its place is told. */
  #replaced(before: WaitingClass, after: WaitingClass | null): Queue {
    const {id, group, needs, isPassed} = before;
    const {agentType} = needs;
    const place = placeOf(before);
    let {classes, types, passed, unpassed} = this.#parts;
    classes = after === null ? classes.delete(id) : classes.set(id, after);
    const next = after === null ? null : placeOf(after);
    if (next === null) types = types.remove(agentType, group, place);
    else if (!isSamePlace(place, next)) types = types.replace(agentType, group, place, next);
    if (next === null || !isSamePlace(place, next)) {
      if (isPassed) passed = passed.remove(place, needs);
      else unpassed = unpassed.remove(place);
      if (next !== null && isPassed) passed = passed.add(next, needs);
      if (next !== null && !isPassed) unpassed = unpassed.insert(next);
    }
    return this.#with({classes, types, passed, unpassed}).#reserved(before, after);
  }
}
