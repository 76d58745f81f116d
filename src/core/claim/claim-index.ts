import {Map as PersistentMap} from 'immutable';
import {Ordered} from '../ordered.ts';
import {AT_THE_END, type Place} from '../place.ts';
import type {Claim, Form} from './claim.ts';
import {formsMeet, formsOf} from './overlap.ts';
import {WORK_MAX, type Work} from './sequence.ts';

/** A form of a claim of somebody, as it lies in the index: its key from `from` segments on leads to its node. */
interface Entry {
  readonly claim: Claim;
  readonly form: Form;
  readonly from: number;
}

/** All that one owner has at a node. It stands in the order where its owner does. */
interface Lot<Owner> extends Place {
  readonly owner: Owner;
  readonly entries: readonly Entry[];
}

interface Node<Owner> {
  /** Whose key ends here. */
  readonly lots: Ordered<Lot<Owner>>;
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

/** As much work for each claim that one is compared with as `overlap` has for the two, however many forms they have. */
const workForEach = (): ((claim: Claim) => Work) => {
  const known = new Map<Claim, Work>();
  return (claim) => {
    const before = known.get(claim);
    if (before !== undefined) return before;
    const work: Work = {left: WORK_MAX};
    known.set(claim, work);
    return work;
  };
};

/** Who has to be told of. */
type Visit<Owner> = (owner: Owner, entry: Entry) => boolean;

/**
 * Who claims what, found without comparing with everybody: a trie over the folded segments, and one that begins with
 * the ids of known directories. Immutable: each change gives a new index.
 *
 * A claim is compared with those whose keys lie on the way to its own, or below it. A glob without a leading directory
 * lies at the root of the names, on the way to everything.
 *
 * Owners have places in an order, which tell them apart: who asks only about those before a place does not pay for the
 * others that claim the same.
 */
export class ClaimIndex<Owner extends Place> {
  readonly #names: Node<Owner>;
  readonly #ids: Node<Owner>;

  private constructor(names: Node<Owner>, ids: Node<Owner>) {
    this.#names = names;
    this.#ids = ids;
  }

  static empty<Owner extends Place>(): ClaimIndex<Owner> {
    return new ClaimIndex(emptyNode(), emptyNode());
  }

  /** How many entries the index holds: of each form one by its name, and one by each id. */
  get size(): number {
    return this.#names.count + this.#ids.count;
  }

  add(owner: Owner, claims: readonly Claim[]): ClaimIndex<Owner> {
    return this.#changed(claims, (root, path, claim, form, from) =>
      inserted(root, path, 0, owner, {claim, form, from}),
    );
  }

  remove(owner: Owner, claims: readonly Claim[]): ClaimIndex<Owner> {
    return this.#changed(claims, (root, path) => removed(root, path, 0, owner) ?? emptyNode());
  }

  /**
   * Tells of every claim that overlaps this one and whose it is, until `visit` says that it has heard enough by
   * returning true. A claim with several forms may be told of more than once. Returns whether `visit` ended it.
   *
   * `before`: only owners whose places are before this one are told of.
   */
  visitOverlapping(
    claim: Claim,
    visit: (owner: Owner, claim: Claim) => boolean,
    before = AT_THE_END,
  ): boolean {
    if (this.#names.count === 0) return false;
    const workFor = workForEach();
    const meets =
      (form: Form, from: number): Visit<Owner> =>
      (owner, entry) =>
        formsMeet(form, from, entry.form, entry.from, workFor(entry.claim)) && visit(owner, entry.claim);
    return formsOf(claim).some(
      (form) =>
        walk(this.#names, form.key, before, meets(form, 0)) ||
        belowIds(form).some(({path, from}) => walk(this.#ids, path, before, meets(form, from))),
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

function emptyNode<Owner extends Place>(): Node<Owner> {
  return {lots: Ordered.empty(), children: PersistentMap(), count: 0};
}

function inserted<Owner extends Place>(
  node: Node<Owner>,
  path: readonly string[],
  depth: number,
  owner: Owner,
  entry: Entry,
): Node<Owner> {
  const segment = path[depth];
  if (segment === undefined) {
    const {key, arrival} = owner;
    const entries = [...(node.lots.get(owner)?.entries ?? []), entry];
    return {...node, lots: node.lots.insert({key, arrival, owner, entries}), count: node.count + 1};
  }
  const below = node.children.get(segment) ?? emptyNode<Owner>();
  const child = inserted(below, path, depth + 1, owner, entry);
  return {...node, children: node.children.set(segment, child), count: node.count + 1};
}

/** Without what the owner has at this place; `null` if nothing is left. */
function removed<Owner extends Place>(
  node: Node<Owner>,
  path: readonly string[],
  depth: number,
  owner: Owner,
): Node<Owner> | null {
  const segment = path[depth];
  let next: Node<Owner>;
  if (segment === undefined) {
    const gone = node.lots.get(owner)?.entries.length ?? 0;
    next = {...node, lots: node.lots.remove(owner), count: node.count - gone};
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

function visitLots<Owner extends Place>(node: Node<Owner>, before: Place, visit: Visit<Owner>): boolean {
  return node.lots.visitBefore(before, ({owner, entries}) => entries.some((entry) => visit(owner, entry)));
}

/** Tells of the entries on the way to a place, and of all at and below it, until `visit` returns true. */
function walk<Owner extends Place>(
  root: Node<Owner>,
  path: readonly string[],
  before: Place,
  visit: Visit<Owner>,
): boolean {
  let node = root;
  for (const segment of path) {
    if (visitLots(node, before, visit)) return true;
    const child = node.children.get(segment);
    if (child === undefined) return false;
    node = child;
  }
  const pending = [node];
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    if (visitLots(below, before, visit)) return true;
    for (const child of below.children.values()) pending.push(child);
  }
  return false;
}
