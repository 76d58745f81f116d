import {Map as PersistentMap} from 'immutable';
import type {AgentTypeName} from '../agent-type.ts';
import type {ClaimSets} from '../lock-table.ts';
import {Ordered} from '../ordered.ts';
import {isBefore, type Place} from '../place.ts';
import type {Fence} from '../task.ts';
import {ClassPlaces} from './class-places.ts';
import {classKey} from './needs-key.ts';
import type {ClassPlace} from './passed-classes.ts';
import type {ClassId, Needs, NewEntry, QueuedTask, QueueEntry} from './queued-task.ts';
import {
  type ClassHistory,
  headOf,
  newClass,
  overtakenOnce,
  overtakesIn,
  type WaitingClass,
  withHistory,
  withoutTask,
  withTask,
} from './waiting-class.ts';
import type {WaitsFor} from './waits-for.ts';

interface Arrival extends Place {
  readonly task: QueuedTask;
}

/** The history of the class that the task at this place belongs to. */
export interface PlacedHistory {
  readonly place: Place;
  readonly history: ClassHistory;
}

/** All of a queue, but for what was found out when its tasks were looked at. */
interface QueuePicture {
  readonly entries: Iterable<NewEntry>;
  readonly histories: Iterable<PlacedHistory>;
  readonly overtakesMost: number;
}

interface Parts {
  readonly overtakesMax: number;
  readonly overtakesMost: number;
  readonly tasks: Ordered<QueuedTask>;
  /** The tasks in the order of arrival; `null` if nobody asks. */
  readonly arrivals: Ordered<Arrival> | null;
  readonly classes: PersistentMap<ClassId, WaitingClass>;
  readonly places: ClassPlaces;
}

const arrivalOf = ({arrival}: Place): Place => ({key: arrival, arrival: 0});

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
      overtakesMost: 0,
      tasks: Ordered.empty(),
      arrivals: knowsOldest ? Ordered.empty() : null,
      classes: PersistentMap(),
      places: ClassPlaces.empty(),
    });
  }

  /** The same queue again, as far as events alone could tell: it has looked at nobody yet. */
  static restored(empty: Queue, {entries, histories, overtakesMost}: QueuePicture): Queue {
    let queue = empty;
    for (const entry of entries) queue = queue.add(entry);
    for (const {place, history} of histories) {
      const task = queue.#parts.tasks.get(place);
      if (task === undefined) continue;
      const one = queue.#class(task.classId);
      queue = queue.#put(one, withHistory(one, history, queue.#parts.overtakesMax));
    }
    return queue.#with({overtakesMost});
  }

  get size(): number {
    return this.#parts.tasks.size;
  }

  /** The task that stands here. */
  get(place: Place): QueuedTask | undefined {
    return this.#parts.tasks.get(place);
  }

  /** What happened to each class, with the place of its first task. */
  *histories(): Generator<PlacedHistory> {
    for (const one of this.#parts.classes.values()) {
      const {key, arrival} = headOf(one);
      const {overtakenBy, announced, isPassed} = one;
      yield {place: {key, arrival}, history: {overtakenBy, announced, isPassed}};
    }
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

  /** The task that came first of all; `null` if there is none, or if the queue was not made to know. */
  get oldest(): QueuedTask | null {
    return this.#parts.arrivals?.first?.task ?? null;
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
  reservingIn(classId: ClassId): QueueEntry | null {
    const task = this.#parts.classes.get(classId)?.reserving ?? null;
    return task === null ? null : this.#entryOf(task);
  }

  add({taskId, key, arrival, needs, overtakenBefore, queuedAfter}: NewEntry): Queue {
    const {tasks, arrivals, classes, overtakesMax} = this.#parts;
    const known = classes.get(classKey(needs, overtakenBefore));
    // The text of the class is kept once, however many tasks have it.
    const classId = known?.id ?? classKey(needs, overtakenBefore);
    const task: QueuedTask = {taskId, key, arrival, classId, overtakenBefore, queuedAfter};
    const more = this.#with({
      tasks: tasks.insert(task),
      arrivals: arrivals === null ? null : arrivals.insert({...arrivalOf(task), task}),
    });
    if (known === undefined) return more.#put(null, newClass(classId, needs, task, overtakesMax));
    const next = withTask(known, task, overtakesMax);
    // Whoever reserves does so only against those behind it.
    const isFreed = known.waitsFor?.kind === 'reservation' && isBefore(task, headOf(known));
    return more.#put(known, isFreed ? {...next, waitsFor: null} : next);
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
    return less.#put(one, withoutTask(one, place, overtakesMax));
  }

  /** The task has another place, and was overtaken so often up to this fence. */
  moved(from: Place, {key, arrival}: Place, overtakenBefore: number, queuedAfter: Fence): Queue {
    const task = this.#parts.tasks.get(from);
    if (task === undefined) return this;
    const {needs} = this.#class(task.classId);
    return this.remove(from).add({...task, key, arrival, needs, overtakenBefore, queuedAfter});
  }

  /** The class that has to be looked at next: its first task is the first of all that may be able to start. */
  next(): WaitingClass | null {
    return this.#classAt(this.#parts.places.next);
  }

  /** All classes that have to be looked at, in no order. */
  *open(): Generator<WaitingClass> {
    for (const place of this.#parts.places.open()) yield this.classOf(place);
  }

  /** The class as it is now, if it still has to be looked at; else `null`. */
  stillOpen(id: ClassId): WaitingClass | null {
    const one = this.#parts.classes.get(id);
    return one !== undefined && this.#parts.places.isOpen(one) ? one : null;
  }

  /** The first class before this place that nobody passed by yet. */
  firstUnpassed(before: Place): WaitingClass | null {
    return this.#classAt(this.#parts.places.firstUnpassed(before));
  }

  classOf({classId}: ClassPlace): WaitingClass {
    return this.#class(classId);
  }

  /** The class is passed by: from here on it can be overtaken. */
  pass(id: ClassId): Queue {
    const one = this.#class(id);
    return one.isPassed ? this : this.#put(one, {...one, isPassed: true});
  }

  /** The class of this task is passed by, as if it had been looked at. */
  passTask(place: Place): Queue {
    const task = this.#parts.tasks.get(place);
    return task === undefined ? this : this.pass(task.classId);
  }

  /**
   * The class was looked at, and waits for this. If that is what it waited for before, all that wait for it go on doing
   * so.
   */
  park(id: ClassId, waitsFor: WaitsFor): Queue {
    const one = this.#class(id);
    const parked = {...one, waitsFor};
    const put = this.#put(one, parked);
    return put.#at(put.#parts.places.closeGroup(parked));
  }

  /** No class of the type that stands behind this place can start: no agent is idle, or the one that stands here goes first. */
  closeType(agentType: AgentTypeName, behind: Place): Queue {
    return this.#at(this.#parts.places.closeType(agentType, behind));
  }

  /** What an attempt held is free, and what these types may have waited for: those that did have to be looked at. */
  freed(agentTypes: readonly AgentTypeName[], held: ClaimSets): Queue {
    return this.#at(this.#parts.places.freed(agentTypes, held));
  }

  /** What kept all of these types from starting anything is over. */
  openTypes(agentTypes: readonly AgentTypeName[]): Queue {
    return this.#at(this.#parts.places.freed(agentTypes, {writes: [], reads: []}));
  }

  /** Who reserves may be another: everybody has to be looked at. */
  lookAtAll(): Queue {
    return this.#at(this.#parts.places.openAll());
  }

  /** The classes of this type with a task that reserves, at the place of that task. */
  reservingOf(agentType: AgentTypeName): Ordered<ClassPlace> {
    return this.#parts.places.reservingOf(agentType);
  }

  /** The class that the class waits for, because one of its tasks goes first; `null` if it waits for something else. */
  reservedFor({waitsFor}: WaitingClass): WaitingClass | null {
    return waitsFor?.kind === 'reservation' ? (this.#parts.classes.get(waitsFor.classId) ?? null) : null;
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
    const found = new Map<ClassId, WaitingClass>();
    this.#parts.places.visitPassed(needs, before, (id) => {
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
    let {overtakesMost, places} = this.#parts;
    // They may be hundreds: one changed map for all of them.
    const classes = this.#parts.classes.withMutations((all) => {
      for (const place of heads) {
        const task = tasks.get(place);
        if (task === undefined) continue;
        const one = this.#class(task.classId);
        const next = overtakenOnce(one, by, fence, overtakesMax);
        overtakesMost = Math.max(overtakesMost, overtakesIn(next, headOf(next)));
        all.set(one.id, next);
        places = places.replace(one, next);
      }
    });
    return this.#with({classes, overtakesMost, places});
  }

  /** It was said of this task that something is in its way. */
  announced(place: Place): Queue {
    const {tasks, classes} = this.#parts;
    const task = tasks.get(place);
    if (task === undefined) return this;
    const one = this.#class(task.classId);
    return this.#with({classes: classes.set(one.id, {...one, announced: task.taskId})});
  }

  #entryOf(task: QueuedTask): QueueEntry {
    const {taskId, key, arrival} = task;
    return {taskId, key, arrival, overtakes: overtakesIn(this.#class(task.classId), task)};
  }

  #with(changed: Partial<Parts>): Queue {
    return new Queue({...this.#parts, ...changed});
  }

  #at(places: ClassPlaces): Queue {
    return places === this.#parts.places ? this : this.#with({places});
  }

  #class(id: ClassId): WaitingClass {
    const one = this.#parts.classes.get(id);
    if (one === undefined) throw new Error('Internal error: a class of queued tasks is not known');
    return one;
  }

  #classAt(place: ClassPlace | undefined): WaitingClass | null {
    return place === undefined ? null : this.#class(place.classId);
  }

  /** The class as it is now, `null` if nothing is left of it. */
  #put(before: WaitingClass | null, after: WaitingClass | null): Queue {
    let {classes} = this.#parts;
    if (after !== null) classes = classes.set(after.id, after);
    else if (before !== null) classes = classes.delete(before.id);
    return this.#with({classes, places: this.#parts.places.replace(before, after)});
  }
}
