import {brokenInvariants} from '../../src/core/invariants.ts';
import {isFinal} from '../../src/core/task.ts';
import {reasonToWait, type World} from '../support/core-world.ts';
import {beginning, keyOf, type Move, movesOf, type Node} from './small-world.ts';

interface Edge {
  readonly name: string;
  readonly to: number;
  readonly comesByItself: boolean;
}

/** Every state that can be reached, and what leads from each to which. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly (readonly Edge[])[];
}

/** Among so many arrivals at a state that is known already, one is compared with it. */
const COMPARE_ONE_IN = 500;

const successorKeys = (node: Node): ReadonlyMap<string, string> =>
  new Map(movesOf(node).map((move) => [move.name, keyOf(move.make(node))]));

/** Two worlds with one key have to behave alike, or the key would hide states. */
const compare = (known: Node, other: Node): void => {
  const expected = successorKeys(known);
  const found = successorKeys(other);
  for (const name of new Set([...expected.keys(), ...found.keys()])) {
    if (expected.get(name) !== found.get(name)) {
      throw new Error(`"${name}" leads two worlds apart that have the key ${keyOf(known)}`);
    }
  }
};

/** A queued task that nothing keeps from starting would be an idle hour; in a state without exits, a deadlock. */
const waitsForNothing = (world: World): readonly string[] =>
  world.core.mode !== 'running'
    ? []
    : [...world.lots].flatMap(([taskId, lot]) =>
        lot.queued && reasonToWait(world, lot) === null ? [`${taskId} is queued and waits for nothing`] : [],
      );

const check = (node: Node): void => {
  const [broken] = [...brokenInvariants(node.world.core), ...waitsForNothing(node.world)];
  if (broken !== undefined) throw new Error(`broken promise: ${broken}`);
};

const make = (graph: Graph, from: number, move: Move): Node => {
  try {
    return move.make(graph.nodes[from]!);
  } catch (cause) {
    throw new Error(`${String(cause)}, after: ${[...pathTo(graph, from), move.name].join('; ')}`, {cause});
  }
};

/** Breadth first, so that the first way found to a broken promise is a shortest one. */
export const explore = (): Graph => {
  const numbers = new Map<string, number>();
  const nodes: Node[] = [];
  const edges: Edge[][] = [];
  const graph: Graph = {nodes, edges};
  let metAgain = 0;
  const numberOf = (node: Node): number => {
    const key = keyOf(node);
    const known = numbers.get(key);
    if (known === undefined) {
      numbers.set(key, nodes.length);
      nodes.push(node);
      return nodes.length - 1;
    }
    if (++metAgain % COMPARE_ONE_IN === 0) compare(nodes[known]!, node);
    return known;
  };
  numberOf(beginning());
  for (let from = 0; from < nodes.length; from++) {
    const node = nodes[from]!;
    check(node);
    edges.push(
      movesOf(node).map((move) => ({
        name: move.name,
        to: numberOf(make(graph, from, move)),
        comesByItself: move.comesByItself,
      })),
    );
  }
  return graph;
};

/** The moves of a shortest way from the beginning: for reports of what went wrong. */
const pathTo = ({edges}: Graph, to: number): readonly string[] => {
  const path: string[] = [];
  for (let at = to; at !== 0; ) {
    // The first state that led to it was explored before it.
    const from = edges.findIndex((out) => out.some((edge) => edge.to === at));
    path.unshift(edges[from]?.find((edge) => edge.to === at)?.name ?? '?');
    at = from;
  }
  return path;
};

/**
 * The most moves that can come by themselves, one after the other, from each state: exits and back-offs, in any
 * order, with nobody doing anything else.
 *
 * @throws Error if they could go on for ever.
 */
export const movesToRest = ({edges}: Graph): readonly number[] => {
  const longest: (number | 'open' | undefined)[] = Array.from({length: edges.length});
  const visit = (node: number): number => {
    const known = longest[node];
    if (known === 'open') throw new Error(`broken promise: it can go round in circles from state ${node}`);
    if (known !== undefined) return known;
    longest[node] = 'open';
    const next = edges[node]!.filter((edge) => edge.comesByItself).map((edge) => 1 + visit(edge.to));
    const most = Math.max(0, ...next);
    longest[node] = most;
    return most;
  };
  return edges.map((_, node) => visit(node));
};

/** The tasks that were accepted and have not ended. */
export const unendedIn = ({world}: Node): readonly string[] =>
  [...world.core.tasks.values()].filter(({state}) => !isFinal(state)).map(({spec}) => spec.id);
