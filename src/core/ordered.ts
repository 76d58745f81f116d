import {isBefore, isSamePlace, type Place} from './place.ts';

/** A node is split when it has more parts than this, and joined with a neighbour once both fit in half of it. */
const PARTS_MAX = 32;
const PARTS_FEW = PARTS_MAX / 2;

interface Leaf<T> {
  readonly isLeaf: true;
  readonly size: number;
  /** The place of the first of `parts`. */
  readonly first: T;
  readonly parts: readonly T[];
}

interface Branch<T> {
  readonly isLeaf: false;
  /** How many things are below. */
  readonly size: number;
  readonly first: T;
  readonly parts: readonly Node<T>[];
}

type Node<T> = Leaf<T> | Branch<T>;

/**
 * Things in the order of their places. Immutable: each change gives a new set, which shares all but the changed path
 * with the old one.
 *
 * A B+ tree with path copying (Bayer and McCreight 1972; Comer 1979): find, insert and remove are O(log n), and a
 * thing costs little more than one reference, which is what counts at a million of them.
 */
export class Ordered<T extends Place> implements Iterable<T> {
  static readonly #none: Ordered<never> = new Ordered<never>(null);

  readonly #root: Node<T> | null;

  private constructor(root: Node<T> | null) {
    this.#root = root;
  }

  static empty<T extends Place>(): Ordered<T> {
    return Ordered.#none;
  }

  static of<T extends Place>(thing: T): Ordered<T> {
    return new Ordered<T>(leaf([thing]));
  }

  get size(): number {
    return this.#root?.size ?? 0;
  }

  get first(): T | undefined {
    return this.#root?.first;
  }

  get(place: Place): T | undefined {
    let node = this.#root;
    while (node !== null && !node.isLeaf) node = node.parts[childFor(node.parts, place)] ?? null;
    const found = node?.parts[positionOf(node.parts, place)];
    return found !== undefined && isSamePlace(found, place) ? found : undefined;
  }

  /** With this thing, in place of the one that has the same place. */
  insert(thing: T): Ordered<T> {
    if (this.#root === null) return Ordered.of(thing);
    const nodes = inserted(this.#root, thing);
    const [only] = nodes;
    return new Ordered(nodes.length === 1 && only !== undefined ? only : branch(nodes));
  }

  /** Without what has this place. */
  remove(place: Place): Ordered<T> {
    if (this.#root === null) return this;
    let root = removed(this.#root, place);
    if (root === this.#root) return this;
    while (root !== null && !root.isLeaf && root.parts.length === 1) root = root.parts[0] ?? null;
    return root === null ? Ordered.empty() : new Ordered(root);
  }

  *[Symbol.iterator](): Iterator<T> {
    if (this.#root !== null) yield* thingsIn(this.#root);
  }

  /** Tells of all before this place, in order, until `visit` returns true. Returns whether it did. */
  visitBefore(place: Place, visit: (thing: T) => boolean): boolean {
    return this.#root !== null && visitedBefore(this.#root, place, visit);
  }
}

function leaf<T>(parts: readonly T[]): Leaf<T> {
  const [first] = parts;
  if (first === undefined) throw new Error('Internal error: an ordered set has an empty leaf');
  return {isLeaf: true, size: parts.length, first, parts};
}

function branch<T>(parts: readonly Node<T>[]): Branch<T> {
  const [first] = parts;
  if (first === undefined) throw new Error('Internal error: an ordered set has an empty branch');
  let size = 0;
  for (const part of parts) size += part.size;
  return {isLeaf: false, size, first: first.first, parts};
}

/** Where in a leaf the place is, or would be. */
function positionOf(things: readonly Place[], place: Place): number {
  let low = 0;
  let high = things.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const thing = things[middle];
    if (thing !== undefined && isBefore(thing, place)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which child of a branch has the place: the last one that does not begin after it. */
function childFor(children: readonly {readonly first: Place}[], place: Place): number {
  let low = 1;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const child = children[middle];
    if (child !== undefined && !isBefore(place, child.first)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A copy with these in place of `count` parts. Much faster than `toSpliced` for the few parts of a node. */
function replaced<P>(parts: readonly P[], at: number, count: number, by: readonly P[]): P[] {
  const copy = parts.slice();
  copy.splice(at, count, ...by);
  return copy;
}

function inserted<T extends Place>(node: Node<T>, thing: T): readonly Node<T>[] {
  if (node.isLeaf) {
    const at = positionOf(node.parts, thing);
    const there = node.parts[at];
    const isThere = there !== undefined && isSamePlace(there, thing);
    const parts = replaced(node.parts, at, isThere ? 1 : 0, [thing]);
    if (parts.length <= PARTS_MAX) return [leaf(parts)];
    const half = splitAt(parts.length, at);
    return [leaf(parts.slice(0, half)), leaf(parts.slice(half))];
  }
  const at = childFor(node.parts, thing);
  const child = node.parts[at];
  if (child === undefined) throw new Error('Internal error: an ordered set has a branch without children');
  const parts = replaced(node.parts, at, 1, inserted(child, thing));
  if (parts.length <= PARTS_MAX) return [branch(parts)];
  const half = splitAt(parts.length, at);
  return [branch(parts.slice(0, half)), branch(parts.slice(half))];
}

/** Most things come last: then the full node stays nearly full, and does not leave half of it unused for ever. */
const splitAt = (length: number, at: number): number => (at >= length - 2 ? length - 2 : length >>> 1);

function removed<T extends Place>(node: Node<T>, place: Place): Node<T> | null {
  if (node.isLeaf) {
    const at = positionOf(node.parts, place);
    const there = node.parts[at];
    if (there === undefined || !isSamePlace(there, place)) return node;
    return node.parts.length === 1 ? null : leaf(replaced(node.parts, at, 1, []));
  }
  const at = childFor(node.parts, place);
  const child = node.parts[at];
  if (child === undefined) return node;
  const next = removed(child, place);
  if (next === child) return node;
  if (next === null) return node.parts.length === 1 ? null : branch(replaced(node.parts, at, 1, []));
  const from = at === 0 ? 0 : at - 1;
  const neighbour = node.parts[at === 0 ? 1 : from];
  if (neighbour !== undefined && neighbour.parts.length + next.parts.length <= PARTS_FEW) {
    const joined = at === 0 ? join(next, neighbour) : join(neighbour, next);
    return branch(replaced(node.parts, from, 2, [joined]));
  }
  return branch(replaced(node.parts, at, 1, [next]));
}

function join<T>(a: Node<T>, b: Node<T>): Node<T> {
  if (a.isLeaf && b.isLeaf) return leaf([...a.parts, ...b.parts]);
  if (!a.isLeaf && !b.isLeaf) return branch([...a.parts, ...b.parts]);
  throw new Error('Internal error: an ordered set has leaves at two depths');
}

function* thingsIn<T>(node: Node<T>): Generator<T> {
  if (node.isLeaf) yield* node.parts;
  else for (const child of node.parts) yield* thingsIn(child);
}

function visitedBefore<T extends Place>(node: Node<T>, place: Place, visit: (thing: T) => boolean): boolean {
  if (node.isLeaf) {
    for (const thing of node.parts) {
      if (!isBefore(thing, place)) return false;
      if (visit(thing)) return true;
    }
    return false;
  }
  for (const child of node.parts) {
    if (!isBefore(child.first, place)) return false;
    if (visitedBefore(child, place, visit)) return true;
  }
  return false;
}
