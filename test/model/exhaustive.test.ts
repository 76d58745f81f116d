import {beforeAll, describe, expect, test} from 'vitest';
import {nextBackoffMs} from '../../src/core/step.ts';
import {reasonToWait, tellCore} from '../support/core-world.ts';
import {explore, type Graph, movesToRest, unendedIn} from './explore.ts';
import type {Node} from './small-world.ts';

const stopped = ({world, at}: Node): Node => ({
  world: tellCore(world, {
    type: 'change-mode',
    at,
    mode: 'stopped',
    queued: 'cancel',
    running: 'finish',
    reason: 'over',
  }),
  at,
});

const reasonsToWait = ({world}: Node): readonly (string | null)[] =>
  [...world.lots.values()].filter(({queued}) => queued).map((lot) => reasonToWait(world, lot));

/**
 * Every state that the core can reach in a small world, with the fake processes that live around it. This is the
 * only proof among the tests, and it holds for its bound and no further: four tasks, two agent types with one agent
 * each, two files, a limit of 1 or 2, at most one overtake before a reservation, one task with a retry, one
 * dependency, one task more urgent than the rest. Within that, everything is tried in every state and in
 * every order: tasks handed in, alone or together; cancels; exits that succeed and fail; stops that agents decide
 * on; processes that survive and end late; starts that are refused; crashed agents; old and invented fences; pause,
 * resume, drain, kill, stop; other limits. The property tests look further than this bound, and prove nothing.
 */
describe('every reachable state of a small world', () => {
  let graph: Graph;
  const at = (mode: string): readonly number[] =>
    graph.nodes.flatMap((node, i) => (node.world.core.mode === mode ? [i] : []));

  const restingIn = (mode: string): readonly Node[] => {
    const rest = movesToRest(graph);
    return at(mode).flatMap((i) => (rest[i] === 0 ? [graph.nodes[i]!] : []));
  };

  beforeAll(() => {
    graph = explore();
  }, 240_000);

  test('keeps every promise, and there are as many as there were', () => {
    const states = graph.nodes.length;
    const moves = graph.edges.reduce((sum, out) => sum + out.length, 0);
    process.stdout.write(`exhaustive world: ${states} states, ${moves} moves\n`);
    // Another number is no error, but a change of behaviour: look at it, then write it here.
    expect({states, moves}).toEqual({states: 47_742, moves: 1_667_116});
  });

  test('holds a queued task back for each of the reasons there are, in some state', () => {
    const reasons = at('running').flatMap((i) => reasonsToWait(graph.nodes[i]!));
    expect(new Set(reasons)).toEqual(new Set(['limit', 'running', 'reserved', 'quarantined']));
  });

  test('comes to rest by itself after at most six moves, whatever ends first', () => {
    // Four tasks, one of them tried twice, and the back-off between.
    expect(Math.max(...movesToRest(graph))).toBe(4 + 1 + 1);
  });

  test('has ended every task when it rests while running', () => {
    const resting = restingIn('running');
    expect(resting.length).toBeGreaterThan(0);
    expect(resting.flatMap(unendedIn)).toEqual([]);
  });

  test('leaves nothing but what can be cancelled when it rests while draining', () => {
    const resting = restingIn('draining');
    expect(resting.length).toBeGreaterThan(0);
    expect(resting.flatMap(unendedIn)).not.toEqual([]);
    expect(resting.map(stopped).flatMap(unendedIn)).toEqual([]);
  });

  test('has ended every task, and nothing lives but survivors, once it has stopped', () => {
    const over = at('stopped').map((i) => graph.nodes[i]!);
    expect(over.length).toBeGreaterThan(0);
    expect(over.flatMap(unendedIn)).toEqual([]);
    expect(over.flatMap(({world}) => world.processes).filter(({quarantined}) => !quarantined)).toEqual([]);
  });

  test('keeps waiting only for a survivor when nothing else is left', () => {
    const left = at('running')
      .map((i) => graph.nodes[i]!)
      .filter(({world}) => world.processes.every(({quarantined}) => quarantined))
      .filter(({world}) => nextBackoffMs(world.core) === null);
    const reasons = left.flatMap(reasonsToWait);
    expect(new Set(reasons)).toEqual(new Set(['quarantined']));
  });
});
