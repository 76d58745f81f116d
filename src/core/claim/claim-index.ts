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

/** What is left of the form's key below each directory that is known by id, after the id. */
const belowIds = (form: Form): readonly {readonly path: readonly string[]; readonly from: number}[] =>
  form.ids.map((id, i) => ({path: [id, ...form.key.slice(i + 1)], from: i + 1}));

/** Changes a trie at the place of one form. */
type Change<Owner> = (
  root: Node<Owner>,
  path: readonly string[],
  claim: Claim,
  form: Form,
  from: number,
) => Node<Owner>;

/**
 * Who claims what, found without comparing with everybody: a trie over the folded segments, and one that begins with
 * the ids of known directories. Immutable: each change gives a new index.
 *
 * A claim is compared with those whose keys lie on the way to its own, or below it. A glob without a leading directory
 * lies at the root of the names, on the way to everything.
 */
export class ClaimIndex<Owner> {
  readonly #names: Node<Owner>;
  readonly #ids: Node<Owner>;

  private constructor(names: Node<Owner>, ids: Node<Owner>) {
    this.#names = names;
    this.#ids = ids;
  }

  static empty<Owner>(): ClaimIndex<Owner> {
    return new ClaimIndex(emptyNode(), emptyNode());
  }

  /** How many entries the index holds: of each form one by its name, and one by each id. */
  get size(): number {
    return this.#names.count + this.#ids.count;
  }

  add(owner: Owner, claims: readonly Claim[]): ClaimIndex<Owner> {
    return this.#changed(claims, (root, path, claim, form, from) =>
      inserted(root, path, 0, {owner, claim, form, from}),
    );
  }

  remove(owner: Owner, claims: readonly Claim[]): ClaimIndex<Owner> {
    return this.#changed(claims, (root, path) => removed(root, path, 0, owner) ?? emptyNode());
  }

  /**
   * Tells of every claim that overlaps this one and whose it is, until `visit` says that it has heard enough by
   * returning true. A claim with several forms may be told of more than once. Returns whether `visit` ended it.
   */
  visitOverlapping(claim: Claim, visit: (owner: Owner, claim: Claim) => boolean): boolean {
    if (this.#names.count === 0) return false;
    const work: Work = {left: WORK_MAX};
    const meets = (form: Form, from: number, entry: Entry<Owner>): boolean => {
      work.left = WORK_MAX;
      return formsMeet(form, from, entry.form, entry.from, work) && visit(entry.owner, entry.claim);
    };
    return formsOf(claim).some(
      (form) =>
        walk(this.#names, form.key, (entry) => meets(form, 0, entry)) ||
        belowIds(form).some(({path, from}) => walk(this.#ids, path, (entry) => meets(form, from, entry))),
    );
  }

  #changed(claims: readonly Claim[], change: Change<Owner>): ClaimIndex<Owner> {
    let [names, ids] = [this.#names, this.#ids];
    for (const claim of claims) {
      for (const form of formsOf(claim)) {
        names = change(names, form.key, claim, form, 0);
        for (const {path, from} of belowIds(form)) ids = change(ids, path, claim, form, from);
      }
    }
    return new ClaimIndex(names, ids);
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
