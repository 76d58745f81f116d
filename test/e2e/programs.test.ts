import {chmodSync, existsSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {folderWith, runCli} from '../support/cli.ts';

/** Without any agent CLI that this machine may have. */
const env = {PATH: '/usr/bin:/bin'};

describe('a program that only the PATH of its agent type leads to', () => {
  const bin = (): string => {
    const folder = folderWith({'my-agent': '#!/bin/sh\necho "$1" > a.txt\n'});
    chmodSync(path.join(folder, 'my-agent'), 0o755);
    return folder;
  };
  const project = (searchPath: string): string =>
    folderWith({
      'disjoint.yaml': `agents: {dev: {command: [my-agent, "{prompt}"], env: {set: {PATH: "${searchPath}"}}}}\n`,
    });

  test('is found, and run', async () => {
    const cwd = project(bin());
    const {code, stdout, stderr} = await runCli(['delegate', 'dev a.txt: hi'], {cwd, env});
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(stdout).toMatch(/✔ 1 task: 1 succeeded/u);
    expect(existsSync(path.join(cwd, 'a.txt'))).toBe(true);
  });

  test('is nothing for doctor to complain about', async () => {
    const {code, stdout} = await runCli(['doctor'], {cwd: project(bin()), env});
    expect(stdout).not.toContain('my-agent');
    expect(code).toBe(0);
  });

  test('is missing if it lies in the PATH of the user alone', async () => {
    const cwd = project('/usr/bin:/bin');
    const {code, stderr} = await runCli(['delegate', 'dev a.txt: hi'], {
      cwd,
      env: {PATH: `${bin()}:/usr/bin:/bin`},
    });
    expect(stderr).toMatch(/^disjoint: E_PROGRAM_MISSING: agent type dev needs the program "my-agent"/u);
    expect(code).toBe(69);
  });
});

describe('--dry-run', () => {
  const files = {
    'disjoint.yaml': 'agents: {dev: {use: claude}, ops: {use: codex}, other: {command: [no-such-program]}}\n',
    'plan.yaml': 'tasks: [{agent: dev, files: [a]}, {agent: dev, files: [b]}, {agent: other, files: [c]}]\n',
  };

  test('tells once of each missing program, and is no error', async () => {
    const result = await runCli(['run', 'plan.yaml', '--dry-run'], {cwd: folderWith(files), env});
    expect(result).toEqual({
      code: 0,
      stderr: '',
      stdout: `3 tasks would run, at most 4 at once:
  t1  dev  writes a
  t2  dev  writes b
  t3  other  writes c
dev needs the program "claude", which is not there; install it: npm install -g @anthropic-ai/claude-code
other needs the program "no-such-program", which is not there; install it, or correct "command"
Nothing was started.
`,
    });
  });

  test('has the missing programs as data with --json', async () => {
    const {code, stdout} = await runCli(['delegate', '--dry-run', '--json', 'ops a: hi'], {
      cwd: folderWith(files),
      env,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      type: 'dry-run',
      tasks: [expect.objectContaining({id: 't1', agentType: 'ops'})],
      warnings: [],
      missingPrograms: [
        {agentType: 'ops', program: 'codex', hint: 'install it: npm install -g @openai/codex'},
      ],
    });
  });
});
