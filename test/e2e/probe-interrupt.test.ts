import {spawn} from 'node:child_process';
import {chmodSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {type CliResult, folderWith, resultOf} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';
import {alive, textOf} from '../support/shell-tasks.ts';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** An agent CLI that never tells its version, and does not end because somebody asks it to. */
const DEAF = `#!/bin/sh
trap '' INT TERM HUP QUIT
sleep 600 &
echo $! > "$DIR/left.pid"
echo $$ > "$DIR/claude.pid"
while :; do sleep 0.05; done
`;

interface Interrupted {
  readonly result: CliResult;
  /** What was written into the repository. */
  readonly written: readonly string[];
}

/** Interrupts a command while an agent CLI is asked for its version, and waits until all it started is dead. */
const interruptProbe = async (
  args: readonly string[],
  interrupt: (pid: number) => void,
): Promise<Interrupted> => {
  const [cwd, bin] = [folderWith({}), folderWith({claude: DEAF})];
  chmodSync(path.join(bin, 'claude'), 0o755);
  const files = ['left.pid', 'claude.pid'].map((name) => path.join(bin, name));
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    detached: true,
    env: {...process.env, DIR: bin, PATH: `${bin}:/usr/bin:/bin`},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = resultOf(child);
  try {
    await eventually('it is asked', () => files.every((file) => /^\d+\n/u.test(textOf(file))));
    interrupt(child.pid ?? 0);
    await eventually('all that was asked is dead', () => alive(files).length === 0);
  } finally {
    for (const file of alive(files)) process.kill(Number(textOf(file)), 'SIGKILL');
  }
  return {result: await ended, written: readdirSync(cwd)};
};

const SENDERS: readonly (readonly [string, (pid: number) => void])[] = [
  ['Ctrl-C in a terminal', (pid) => process.kill(-pid, 'SIGINT')],
  ['Ctrl-\\ in a terminal', (pid) => process.kill(-pid, 'SIGQUIT')],
  ['SIGTERM', (pid) => process.kill(pid, 'SIGTERM')],
  ['SIGHUP', (pid) => process.kill(pid, 'SIGHUP')],
];

describe.each(['doctor', 'doctor --json', 'init'])('disjoint %s', (command) => {
  test.each(SENDERS)(
    'on %s kills the CLI it asks for its version, writes nothing and exits 130',
    async (_, interrupt) => {
      const {result, written} = await interruptProbe(command.split(' '), interrupt);
      expect(result).toEqual({code: 130, stdout: '', stderr: ''});
      expect(written).toEqual([]);
    },
  );
});
