import {Map as PersistentMap} from 'immutable';
import type {Claim, Form} from './claim.ts';
import {formsMeet, formsOf} from './overlap.ts';
import {WORK_MAX, type Work} from './sequence.ts';

/** A form of a claim of somebody, as it lies in the index: its key from `from` segments on leads to its node. */
interface Entry<Owner> {
  readonly owner: Owner;
  readonly claim: Claim;
  readonly form: Form;
  readonly from: number;
}

interface Node<Owner> {
  /** Whose key ends here. */
  readonly entries: readonly Entry<Owner>[];
  readonly children: PersistentMap<string, Node<Owner>>;
  /** How many entries there are here and below. */
  readonly count: number;
}

/** Where names begin. No name holds a slash or a NUL, so none is ever taken for this, or for the id of a directory. */
const BY_NAME = '/';
const idKey = (id: string): string => `\0${id}`;

/** Where the form is found: by its key, and by what is left of its key below each directory that is known by id. */
const placesOf = (form: Form): readonly {readonly path: readonly string[]; readonly from: number}[] => [
  {path: [BY_NAME, ...form.key], from: 0},
  ...form.ids.map((id, i) => ({path: [idKey(id), ...form.key.slice(i + 1)], from: i + 1})),
];

/**
 * Who claims what, found without comparing with everybody: a trie over the folded segments, with the ids of known
 * directories as further roots. Immutable: each change gives a new index.
 *
 * A claim is compared with those whose keys lie on the way to its own, or below it. A glob without a leading directory
 * lies where names begin, on the way to everything that has one.
 */
export class ClaimIndex<Owner> {
  readonly #root: Node<Owner>;

  private constructor(root: Node<Owner>) {
    this.#root = root;
  }

  static empty<Owner>(): ClaimIndex<Owner> {
    return new ClaimIndex(emptyNode());
  }

  /** How many forms the index holds. */
  get size(): number {
    return this.#root.count;
  }

  add(owner: Owner, claims: readonly Claim[]): ClaimIndex<Owner> {
    let root = this.#root;
    for (const claim of claims) {
      for (const form of formsOf(claim)) {
        for (const {path, from} of placesOf(form)) root = inserted(root, path, 0, {owner, claim, form, from});
      }
    }
    return new ClaimIndex(root);
  }

  remove(owner: Owner, claims: readonly Claim[]): ClaimIndex<Owner> {
    let root = this.#root;
    for (const claim of claims) {
      for (const form of formsOf(claim)) {
        for (const {path} of placesOf(form)) root = removed(root, path, 0, owner) ?? emptyNode();
      }
    }
    return new ClaimIndex(root);
  }

  /**
   * Tells of every claim that overlaps this one and whose it is, until `visit` says that it has heard enough by
   * returning true. A claim with several forms may be told of more than once. Returns whether `visit` ended it.
   */
  visitOverlapping(claim: Claim, visit: (owner: Owner, claim: Claim) => boolean): boolean {
    const work: Work = {left: WORK_MAX};
    for (const form of formsOf(claim)) {
      for (const {path, from} of placesOf(form)) {
        const meets = (entry: Entry<Owner>): boolean => {
          work.left = WORK_MAX;
          return formsMeet(form, from, entry.form, entry.from, work) && visit(entry.owner, entry.claim);
        };
        if (walk(this.#root, path, meets)) return true;
      }
    }
    return false;
  }
}

function emptyNode<Owner>(): Node<Owner> {
  return {entries: [], children: PersistentMap(), count: 0};
}

function inserted<Owner>(
  node: Node<Owner>,
  path: readonly string[],
  depth: number,
  entry: Entry<Owner>,
): Node<Owner> {
  const segment = path[depth];
  if (segment === undefined) return {...node, entries: [...node.entries, entry], count: node.count + 1};
  const child = inserted(node.children.get(segment) ?? emptyNode<Owner>(), path, depth + 1, entry);
  return {...node, children: node.children.set(segment, child), count: node.count + 1};
}

/** Without what the owner has at this place; `null` if nothing is left. */
function removed<Owner>(
  node: Node<Owner>,
  path: readonly string[],
  depth: number,
  owner: Owner,
): Node<Owner> | null {
  const segment = path[depth];
  let next: Node<Owner>;
  if (segment === undefined) {
    const entries = node.entries.filter((entry) => entry.owner !== owner);
    next = {...node, entries, count: node.count - (node.entries.length - entries.length)};
  } else {
    const before = node.children.get(segment);
    if (before === undefined) return node;
    const after = removed(before, path, depth + 1, owner);
    next = {
      ...node,
      children: after === null ? node.children.delete(segment) : node.children.set(segment, after),
      count: node.count - (before.count - (after?.count ?? 0)),
    };
  }
  return next.count === 0 ? null : next;
}

/** Tells of the entries on the way to a place, and of all at and below it, until `visit` returns true. */
function walk<Owner>(
  root: Node<Owner>,
  path: readonly string[],
  visit: (entry: Entry<Owner>) => boolean,
): boolean {
  let node = root;
  for (const segment of path) {
    for (const entry of node.entries) if (visit(entry)) return true;
    const child = node.children.get(segment);
    if (child === undefined) return false;
    node = child;
  }
  const pending = [node];
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    for (const entry of below.entries) if (visit(entry)) return true;
    for (const child of below.children.values()) pending.push(child);
  }
  return false;
}
