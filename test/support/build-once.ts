import {execFileSync} from 'node:child_process';

/** Builds `dist` once before all tests: end-to-end tests run the real, built program. */
export const setup = (): void => {
  if (process.env['DISJOINT_TEST_NO_BUILD'] === '1') return;
  process.env['DISJOINT_TEST_SEED'] ??= String(Date.now() & 0x7fffffff);
  process.stdout.write(`properties run with DISJOINT_TEST_SEED=${process.env['DISJOINT_TEST_SEED']}\n`);
  execFileSync('npm', ['run', '--silent', 'build'], {stdio: 'inherit'});
};
