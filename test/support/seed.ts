import fc from 'fast-check';

/** One seed for all properties of a run, printed so that a failure can be repeated: DISJOINT_TEST_SEED=... */
const seed = Number(process.env['DISJOINT_TEST_SEED'] ?? Date.now() & 0x7fffffff);

fc.configureGlobal({seed, endOnFailure: false});
