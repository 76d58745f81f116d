import {defineConfig} from 'vitest/config';
import {mutantPlugin} from './test/mutants/mutant-plugin.ts';

export default defineConfig({
  plugins: [mutantPlugin(process.env['DISJOINT_TEST_MUTANT'])],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    setupFiles: ['test/support/no-leaks.ts', 'test/support/seed.ts'],
    // Every file in a process of its own: leaks of one cannot hide in another.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
