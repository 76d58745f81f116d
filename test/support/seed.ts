import fc from 'fast-check';

/** One seed for all properties of a run, printed so that a failure can be repeated: DISJOINT_TEST_SEED=... */
const seed = Number(process.env['DISJOINT_TEST_SEED'] ?? Date.now() & 0x7fffffff);

fc.configureGlobal({seed, endOnFailure: false});

/**
 * How often a property is tried: what fits into every run of the tests, times DISJOINT_TEST_RUNS. Set that to 50
 * for a long search, or to 0.1 while you write.
 */
export const runs = (usual: number): number =>
  Math.max(1, Math.ceil(usual * Number(process.env['DISJOINT_TEST_RUNS'] ?? 1)));

/** How long a property may take (ms), for the same number. */
export const patienceMs = Math.max(60_000, runs(60_000));
