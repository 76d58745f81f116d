import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {folderWith, SHELL_CONFIG} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';
import {alive, textOf, untilFile} from '../support/shell-tasks.ts';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Gives a program a terminal of its own, and is on every Linux (util-linux). */
const TERMINAL = 'script';

/**
 * The shell in a terminal window. When the window is closed it tells the program, as interactive shells do, or keeps
 * that to itself. It writes down what the program ended with.
 */
const shellScript = (command: string, tells: boolean): string => `exec 3<&0
"$NODE" "$CLI" <&3 ${command} &
trap '${tells ? 'kill -HUP $!' : ':'}; touch closed' HUP
wait $!
wait $!
echo $? > code
`;

/** One task that runs until the test lets it go. */
const PLAN = `tasks: [{id: one, agent: dev, files: [a.txt], description: "echo $$ > pid; ${untilFile('go')}"}]\n`;

interface Window {
  /** The folder the command runs in. */
  readonly cwd: string;
  /** Its folder for temporary files. */
  readonly temporary: string;
  /** Closes it, and waits until its shell knows. */
  close(): Promise<void>;
  /** What the program ended with, as its shell was told. */
  exitCode(): Promise<number>;
}

/** Runs a command on a terminal of its own. */
const openWindow = (command: string, tells = true): Window => {
  const cwd = folderWith({
    'disjoint.yaml': SHELL_CONFIG,
    'plan.yaml': PLAN,
    'shell.sh': shellScript(command, tells),
  });
  const temporary = path.join(cwd, 'tmp');
  mkdirSync(temporary);
  const window = spawn(TERMINAL, ['--quiet', '--command', 'exec sh shell.sh', '/dev/null'], {
    cwd,
    env: {...process.env, NODE: process.execPath, CLI, TMPDIR: temporary, TERM: 'xterm'},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = once(window, 'close');
  return {
    cwd,
    temporary,
    close: async () => {
      // It alone holds the other end of the terminal.
      window.kill('SIGKILL');
      await gone;
      await eventually('the shell knows', () => existsSync(path.join(cwd, 'closed')));
    },
    exitCode: async () => {
      await eventually('the program ended', () => textOf(path.join(cwd, 'code')).endsWith('\n'));
      return Number(textOf(path.join(cwd, 'code')));
    },
  };
};

/** What a command uses its terminal for. */
const USES: readonly (readonly [string, string])[] = [
  ['everything', 'run plan.yaml'],
  ['its output', 'run plan.yaml </dev/null 2>errors'],
  ['its errors', 'run plan.yaml </dev/null --json >events'],
  ['its input', 'run plan.yaml >lines 2>errors'],
];

describe('a terminal that is closed', () => {
  test.each(USES)('and was used for %s: the run stops what runs, and exits 130', async (_, command) => {
    const window = openWindow(command);
    const pid = path.join(window.cwd, 'pid');
    await eventually('the task runs', () => textOf(pid).endsWith('\n'));
    await window.close();
    expect(await window.exitCode()).toBe(130);
    expect(alive([pid])).toEqual([]);
  });

  test.each(USES)('and was used for %s, without a signal: the run goes on to its end', async (_, command) => {
    const window = openWindow(command, false);
    await eventually('the task runs', () => textOf(path.join(window.cwd, 'pid')).endsWith('\n'));
    await window.close();
    writeFileSync(path.join(window.cwd, 'go'), '');
    expect(await window.exitCode()).toBe(0);
  });

  test('makes a demo remove its repository and exit 130', async () => {
    const window = openWindow('demo');
    const ran = (): boolean =>
      readdirSync(window.temporary, {recursive: true}).some((name) => String(name).includes('ran-'));
    await eventually('a task of it has run', ran);
    await window.close();
    expect(await window.exitCode()).toBe(130);
    expect(readdirSync(window.temporary)).toEqual([]);
  });
});
