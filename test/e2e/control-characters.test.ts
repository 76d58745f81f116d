import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {type CliResult, folderWith, runCli} from '../support/cli.ts';

/** Would colour what follows, name the window, and end the line, if a terminal got to see it. */
const HOSTILE = 'a\u001B[31m\u001B]0;mine\u0007\u009B2J';

const folderWithHostileName = (): string => {
  const folder = path.join(folderWith({}), HOSTILE);
  mkdirSync(folder);
  return folder;
};

// oxlint-disable-next-line no-control-regex -- control characters are exactly what this looks for
const CONTROL = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/u;

/** A program on PATH whose version is hostile. */
const hostileClaude = (): string => {
  const bin = folderWith({claude: `#!/bin/sh\nprintf '%s\\n' '9.9 ${HOSTILE}'\n`});
  chmodSync(path.join(bin, 'claude'), 0o755);
  return bin;
};

describe('names that hold control characters do not reach the terminal as such', () => {
  const cases: readonly (readonly [string, () => Promise<CliResult>])[] = [
    [
      'init',
      () =>
        runCli(['init'], {
          cwd: folderWithHostileName(),
          env: {PATH: `${hostileClaude()}:${process.env['PATH'] ?? ''}`},
        }),
    ],
    [
      'doctor',
      () =>
        runCli(['doctor'], {
          cwd: folderWithHostileName(),
          env: {PATH: `${hostileClaude()}:${process.env['PATH'] ?? ''}`},
        }),
    ],
    ['demo', () => runCli(['demo'], {cwd: folderWith({}), env: {TMPDIR: folderWithHostileName()}})],
    ['an error', () => runCli(['owner', 'a'], {cwd: folderWithHostileName()})],
    ['an error with --debug', () => runCli(['owner', 'a', '--debug'], {cwd: folderWithHostileName()})],
    [
      'a plan that is missing, with --debug',
      () => {
        const cwd = folderWithHostileName();
        writeFileSync(path.join(cwd, 'disjoint.yaml'), 'agents: {dev: {}}\n');
        return runCli(['run', `${HOSTILE}.yaml`, '--debug'], {cwd});
      },
    ],
  ];
  test.each(cases)('by %s', async (_, run) => {
    const {stdout, stderr} = await run();
    expect(`${stdout}${stderr}`).toContain('a\uFFFD[31m\uFFFD]0;mine\uFFFD');
    expect(`${stdout}${stderr}`).not.toMatch(CONTROL);
  });
});
