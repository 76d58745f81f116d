import {execFileSync} from 'node:child_process';

/** Draws and prints the seed of all properties, and builds `dist` once: end-to-end tests run the built program. */
export const setup = (): void => {
  process.env['DISJOINT_TEST_SEED'] ??= String(Date.now() & 0x7fffffff);
  process.stdout.write(`properties run with DISJOINT_TEST_SEED=${process.env['DISJOINT_TEST_SEED']}\n`);
  if (process.env['DISJOINT_TEST_NO_BUILD'] === '1') return;
  execFileSync('npm', ['run', '--silent', 'build'], {stdio: 'inherit'});
};
