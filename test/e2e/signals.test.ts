import {type ChildProcess, spawn} from 'node:child_process';
import {chmodSync, existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {procTable} from '../../src/executors/process/process-table.ts';
import {
  type CliResult,
  folderWith,
  printed,
  resultOf,
  runCli,
  SHELL_CONFIG,
  startCli,
} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

describe('Ctrl-\\ (SIGQUIT)', () => {
  test('kills what runs at once, whatever it ignores, and exits 130', async () => {
    const cwd = folderWith({
      'disjoint.yaml': SHELL_CONFIG,
      'plan.yaml': `tasks:
  - {id: stubborn, agent: dev, files: [a.txt], description: "trap '' INT TERM QUIT; echo $$ > pid; while :; do sleep 0.05; done"}
  - {id: next, agent: dev, files: [next.txt], description: "echo never > next.txt"}
`,
    });
    const child = startCli(['run', 'plan.yaml'], {cwd});
    const ended = resultOf(child);
    const pid = (): number => Number(readFileSync(path.join(cwd, 'pid'), 'utf8'));
    await eventually('the agent wrote its pid', () => existsSync(path.join(cwd, 'pid')) && pid() > 0);
    child.kill('SIGQUIT');
    const {code, stdout, stderr} = await ended;
    const survivor = procTable.find(pid());
    if (survivor !== null) process.kill(pid(), 'SIGKILL');
    expect(survivor).toBeNull();
    expect(code).toBe(130);
    expect(stderr).toBe('Asked to quit: killing what runs.\n');
    expect(stdout).toMatch(/2 tasks: 0 succeeded, 2 cancelled/u);
    expect(existsSync(path.join(cwd, 'next.txt'))).toBe(false);
  });
});

describe('a demo that is interrupted', () => {
  /** A git that waits for the test before it makes a repository; everything else it leaves to the real one. */
  const WAITING_GIT = `#!/bin/sh
here=$(dirname "$0")
case "$*" in *" init "*) touch "$here/waits"; while [ ! -e "$here/go" ]; do sleep 0.01; done;; esac
PATH="\${PATH#*:}" exec git "$@"
`;

  const gitThatWaits = (): string => {
    const bin = folderWith({git: WAITING_GIT});
    chmodSync(path.join(bin, 'git'), 0o755);
    return bin;
  };

  /** In a process group of its own, so that a test can signal all of it as a terminal does. */
  const startDemo = (folder: string, bin?: string): ChildProcess => {
    const searchPath = process.env['PATH'] ?? '';
    return spawn(process.execPath, [CLI, 'demo'], {
      cwd: folder,
      detached: true,
      env: {...process.env, TMPDIR: folder, PATH: bin === undefined ? searchPath : `${bin}:${searchPath}`},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };

  /** Interrupts it while its folder is there and git has not yet made a repository of it. */
  const interruptEarly = async (
    interrupt: (child: ChildProcess, bin: string) => void,
  ): Promise<{readonly result: CliResult; readonly left: readonly string[]}> => {
    const [folder, bin] = [temporaryFolder(), gitThatWaits()];
    const child = startDemo(folder, bin);
    const ended = resultOf(child);
    await eventually('git is asked for a repository', () => existsSync(path.join(bin, 'waits')));
    expect(readdirSync(folder)).toHaveLength(1);
    interrupt(child, bin);
    return {result: await ended, left: readdirSync(folder)};
  };

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    'by %s while it makes its repository removes it, runs nothing and exits 130',
    async (signal) => {
      const {result, left} = await interruptEarly((child, bin) => {
        child.kill(signal);
        writeFileSync(path.join(bin, 'go'), '');
      });
      expect(left).toEqual([]);
      expect(result).toMatchObject({code: 130, stderr: ''});
      expect(result.stdout).not.toContain('started by');
    },
  );

  test('by Ctrl-C in a terminal, which ends its git as well, removes the repository', async () => {
    const {result, left} = await interruptEarly(({pid = 0}) => process.kill(-pid, 'SIGINT'));
    expect(left).toEqual([]);
    expect(result).toEqual({code: 130, stdout: '', stderr: ''});
  });

  test('at its very end removes the repository nevertheless', async () => {
    const folder = temporaryFolder();
    const child = startDemo(folder);
    const ended = resultOf(child);
    await printed(child, /Next: /u);
    child.kill('SIGINT');
    const {code} = await ended;
    expect(readdirSync(folder)).toEqual([]);
    // Whether it was still there to be interrupted is a matter of luck.
    expect([0, 130, null]).toContain(code);
  });
});

describe('a demo whose git fails', () => {
  test('leaves no repository behind', async () => {
    const [folder, bin] = [
      temporaryFolder(),
      folderWith({git: '#!/bin/sh\n[ "$1" = --version ] && echo 2.0 && exit\necho no >&2; exit 1\n'}),
    ];
    chmodSync(path.join(bin, 'git'), 0o755);
    const env = {TMPDIR: folder, PATH: `${bin}:${process.env['PATH'] ?? ''}`};
    const {code, stderr} = await runCli(['demo'], {cwd: folder, env});
    expect(stderr).toMatch(/^disjoint: E_IO: git could not make a repository in .+: no\. Hint: /u);
    expect(code).toBe(74);
    expect(readdirSync(folder)).toEqual([]);
  });
});
