import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {findCycle} from '../../../src/core/graph.ts';

type Graph = ReadonlyMap<string, readonly string[]>;

/** Small graphs; some dependencies are on tasks that are not among them. */
const graphs: fc.Arbitrary<Graph> = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'old'),
    ),
    {maxLength: 12},
  )
  .map((edges) => {
    const graph = new Map<string, string[]>();
    for (const [from, to] of edges) graph.set(from, [...(graph.get(from) ?? []), to]);
    return graph;
  });

/** The definition: some task can be reached from itself. */
const hasCycle = (graph: Graph): boolean =>
  [...graph.keys()].some((start) => {
    const reached = new Set<string>();
    const pending = [...(graph.get(start) ?? [])];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      pending.push(...(graph.get(next) ?? []));
    }
    return reached.has(start);
  });

describe('a cycle of dependencies', () => {
  test('is found exactly where one is, and what is found is one', () => {
    let cyclic = 0;
    fc.assert(
      fc.property(graphs, (graph) => {
        const cycle = findCycle(graph);
        expect(cycle !== null).toBe(hasCycle(graph));
        const ids = cycle ?? [];
        cyclic += ids.length > 0 ? 1 : 0;
        expect(ids.at(0)).toBe(ids.at(-1));
        for (const [i, id] of ids.slice(0, -1).entries()) expect(graph.get(id)).toContain(ids[i + 1]);
        expect(new Set(ids).size).toBe(Math.max(0, ids.length - 1));
      }),
      {numRuns: 1_000},
    );
    // The generator reaches both kinds of graph.
    expect(cyclic).toBeGreaterThan(100);
    expect(cyclic).toBeLessThan(900);
  });

  test('is told from its first task to its first task', () => {
    expect(
      findCycle(
        new Map([
          ['A', ['B']],
          ['B', ['A']],
        ]),
      ),
    ).toEqual(['A', 'B', 'A']);
    expect(findCycle(new Map([['A', ['A']]]))).toEqual(['A', 'A']);
    expect(
      findCycle(
        new Map([
          ['start', ['A']],
          ['A', ['B']],
          ['B', ['C']],
          ['C', ['A']],
        ]),
      ),
    ).toEqual(['A', 'B', 'C', 'A']);
  });

  test('is not a diamond, nor a dependency that was accepted before', () => {
    expect(
      findCycle(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['d']],
          ['c', ['d']],
          ['d', ['earlier']],
        ]),
      ),
    ).toBeNull();
    expect(findCycle(new Map())).toBeNull();
  });

  test('is looked for in a chain of 100,000 tasks without overflowing the stack', () => {
    const id = (i: number): string => `t${i}`;
    const chain = new Map(Array.from({length: 100_000}, (_, i) => [id(i), [id(i + 1)]]));
    expect(findCycle(chain)).toBeNull();
    chain.set(id(100_000), [id(0)]);
    expect(findCycle(chain)).toHaveLength(100_002);
  });
});
