import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {folderWith, printed, resultOf, runCli, SHELL_CONFIG, startCli} from '../support/cli.ts';
import {patienceMs} from '../support/seed.ts';

const RUN = ['delegate', 'dev a.txt: echo a > a.txt'];

describe('disjoint clean', () => {
  test('shows what would go, removes it, says what was freed, and keeps the latest run', {
    timeout: 4 * patienceMs,
  }, async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    expect((await runCli(['clean'], {cwd})).stdout).toBe('nothing was run in this repository yet\n');
    for (let i = 0; i < 3; i++) await runCli(RUN, {cwd});
    expect((await runCli(['clean'], {cwd})).stdout).toBe('nothing to remove, 3 runs stay\n');
    const line = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}journal +[\d.]+ K?B {2}logs +[\d.]+ K?B\n`;
    const dry = await runCli(['clean', '--keep-runs', '1', '--dry-run'], {cwd});
    expect(dry.stdout).toMatch(
      new RegExp(`^(?:${line}){2}would remove 2 runs of about [\\d.]+ KB, 1 run stays\\n$`, 'u'),
    );
    const data = await runCli(['clean', '--keep-runs', '1', '--dry-run', '--json'], {cwd});
    expect(JSON.parse(data.stdout)).toMatchObject({dryRun: true, removed: [{run: 1}, {run: 2}], kept: 1});
    const {stdout, code} = await runCli(['clean', '--keep-runs', '1'], {cwd});
    expect(stdout).toMatch(
      new RegExp(`^(?:${line}){2}removed 2 runs, freed [\\d.]+ KB, 1 run stays\\n$`, 'u'),
    );
    expect(code).toBe(0);
    expect((await runCli(['history'], {cwd})).stdout.trim().split('\n')).toHaveLength(1);
    expect((await runCli(RUN, {cwd})).code).toBe(0);
  });

  test('removes nothing while something runs', {timeout: 4 * patienceMs}, async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    for (let i = 0; i < 2; i++) await runCli(RUN, {cwd});
    const running = startCli(['delegate', 'dev a.txt: until [ -e go ]; do sleep 0.05; done'], {cwd});
    const ended = resultOf(running);
    await printed(running, /t1 started/u);
    const {code, stderr} = await runCli(['clean', '--keep-runs', '1'], {cwd});
    expect(code).toBe(73);
    expect(stderr).toContain('E_ALREADY_RUNNING');
    writeFileSync(path.join(cwd, 'go'), '');
    await ended;
    expect((await runCli(['history'], {cwd})).stdout.trim().split('\n')).toHaveLength(3);
  });

  test.each([
    ['--older-than', '3x', 'allowed: an age such as 30d, 12h or 2w'],
    ['--max-size', '1 elephant', 'allowed: a size such as 500MB or 1GB'],
    ['--keep-runs', '0', 'allowed: an integer of 1 or more'],
  ])('refuses %s %s, and says what is allowed', async (option, value, hint) => {
    const {code, stderr} = await runCli(['clean', option, value], {cwd: folderWith({})});
    expect(code).toBe(64);
    expect(stderr).toContain(`E_ARG_RANGE: option '${option}`);
    expect(stderr).toContain(`Hint: ${hint}.`);
  });
});
