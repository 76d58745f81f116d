import {chmodSync, existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {procTable} from '../../src/executors/process/process-table.ts';
import {folderWith, printed, resultOf, SHELL_CONFIG, startCli} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';
import {textOf} from '../support/shell-tasks.ts';

/** The processes of a run's agents that are alive, by the number each wrote into its own file. */
const alive = (cwd: string, files: readonly string[]): readonly string[] =>
  files.filter((file) => {
    const pid = Number(readFileSync(path.join(cwd, file), 'utf8'));
    return procTable.find(pid) !== null;
  });

const plan = `tasks:
  - {id: slow, agent: dev, files: [slow.txt], description: "echo $$ > pid; trap '' INT; sleep 1; echo done > slow.txt"}
  - {id: next, agent: dev, files: [next.txt], description: "echo never > next.txt"}
`;
const stubborn = `tasks:
  - {id: stubborn, agent: dev, files: [a.txt], description: "echo $$ > pid; trap '' INT TERM; sleep 60 & wait; sleep 60"}
  - {id: next, agent: dev, files: [next.txt], description: "echo never > next.txt"}
`;

describe('Ctrl-C', () => {
  test('once: finishes what runs, starts nothing new, and exits 130', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': plan});
    const child = startCli(['run', 'plan.yaml'], {cwd});
    const ended = resultOf(child);
    await printed(child, /slow started/u);
    child.kill('SIGINT');
    const {code, stdout, stderr} = await ended;
    expect(code).toBe(130);
    expect(stderr).toBe(
      'Interrupted: finishing 1 running, starting nothing new. Press Ctrl-C again to kill them.\n',
    );
    expect(readFileSync(path.join(cwd, 'slow.txt'), 'utf8')).toBe('done\n');
    expect(existsSync(path.join(cwd, 'next.txt'))).toBe(false);
    expect(stdout).toMatch(/✘ 2 tasks: 1 succeeded, 1 cancelled/u);
    expect(alive(cwd, ['pid'])).toEqual([]);
  });

  test('twice: kills what runs at once, whatever it ignores', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': stubborn});
    const child = startCli(['run', 'plan.yaml'], {cwd});
    const ended = resultOf(child);
    await printed(child, /stubborn started/u);
    await eventually('it runs', () => existsSync(path.join(cwd, 'pid')));
    child.kill('SIGINT');
    await printed(child, /Interrupted: /u);
    const interruptedAt = performance.now();
    child.kill('SIGINT');
    const {code, stdout} = await ended;
    expect(code).toBe(130);
    expect(performance.now() - interruptedAt).toBeLessThan(5_000);
    expect(stdout).toMatch(/2 tasks: 0 succeeded, 2 cancelled/u);
    expect(alive(cwd, ['pid'])).toEqual([]);
  });

  test.each([
    ['is deaf to all but SIGKILL', `trap '' INT TERM; echo $$ > pid; while :; do sleep 60; done`],
    ['never answers', 'echo $$ > pid; exec sleep 60'],
  ])('twice: kills also an agent CLI that %s when asked for its version', async (_, version) => {
    const cwd = folderWith({
      'disjoint.yaml': 'agents:\n  dev: {use: claude}\n',
      'plan.yaml': 'tasks: [{id: t, agent: dev, files: [a.txt], description: x}]\n',
      'bin/claude': `#!/bin/sh\n[ "$1" = --version ] || exit 1\ncd "$DIR"; ${version}\n`,
    });
    chmodSync(path.join(cwd, 'bin/claude'), 0o755);
    const env = {PATH: `${path.join(cwd, 'bin')}:${process.env['PATH']}`, DIR: cwd};
    const child = startCli(['run', 'plan.yaml'], {cwd, env});
    const ended = resultOf(child);
    await eventually('it is asked', () => /^\d+\n/u.test(textOf(path.join(cwd, 'pid'))));
    child.kill('SIGINT');
    await printed(child, /Interrupted: /u);
    child.kill('SIGINT');
    const {code, stdout} = await ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/1 task: 0 succeeded, 1 cancelled/u);
    expect(stdout).not.toMatch(/could not be stopped/u);
    expect(alive(cwd, ['pid'])).toEqual([]);
  });

  test('SIGTERM asks what runs to stop', async () => {
    const cwd = folderWith({
      'disjoint.yaml': SHELL_CONFIG,
      'plan.yaml': `tasks: [{id: tidy, agent: dev, files: [a], description: "trap 'echo tidied > a; exit 0' INT; echo > ready; while :; do sleep 0.05; done"}]\n`,
    });
    const child = startCli(['run', 'plan.yaml'], {cwd});
    const ended = resultOf(child);
    await eventually('it is ready', () => existsSync(path.join(cwd, 'ready')));
    child.kill('SIGTERM');
    const {code} = await ended;
    expect(code).toBe(130);
    expect(readFileSync(path.join(cwd, 'a'), 'utf8')).toBe('tidied\n');
  });
});
