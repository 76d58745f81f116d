import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {folderWith, resultOf, runCli, SHELL_CONFIG, startCli} from '../support/cli.ts';

const lines = (text: string): readonly string[] => text.trimEnd().split('\n');

describe('disjoint run', () => {
  const plan = `tasks:
  - {id: one, agent: dev, files: [one.txt], description: "echo one > one.txt"}
  - {id: two, agent: ops, files: [two.txt], description: "echo two > two.txt"}
  - {id: three, agent: dev, files: [one.txt], dependsOn: [two], description: "cat two.txt >> one.txt"}
`;

  test('runs every task of the plan and exits 0', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': plan});
    const result = await runCli(['run', 'plan.yaml'], {cwd});
    expect(result).toMatchObject({code: 0, stderr: ''});
    expect(readFileSync(path.join(cwd, 'one.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(result.stdout).toMatch(/✔ 3 tasks: 3 succeeded/u);
    expect(readFileSync(path.join(cwd, '.disjoint/.gitignore'), 'utf8')).toBe('*\n');
  });

  test('prints every event and one summary as NDJSON', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': plan});
    const {stdout, code} = await runCli(['run', 'plan.yaml', '--json'], {cwd});
    expect(code).toBe(0);
    const objects = lines(stdout).map((line) => JSON.parse(line) as {type: string; seq?: number});
    const seqs = objects.slice(0, -1).map(({seq}) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
    expect(objects.at(-1)).toEqual({
      type: 'run.summary',
      tasks: {total: 3, succeeded: 3, failed: 0, cancelled: 0, skipped: 0},
      wallMs: expect.any(Number),
      sequentialMs: expect.any(Number),
      speedup: expect.any(Number),
      lowerBoundMs: expect.any(Number),
      lowerBoundBy: expect.any(String),
      efficiency: expect.any(Number),
      slotMs: expect.any(Number),
      idleMs: expect.any(Number),
      idleByCauseMs: {
        noTask: expect.any(Number),
        mode: 0,
        agentType: expect.any(Number),
        tag: 0,
        file: expect.any(Number),
        resources: expect.any(Number),
        reservation: 0,
        dependency: expect.any(Number),
        backOff: 0,
        dispatch: expect.any(Number),
      },
      maxConcurrent: 2,
      overtakesMax: expect.any(Number),
    });
  });

  test('exits 1 when a task fails, names its log, and skips those that depend on it', async () => {
    const failing = `tasks:
  - {id: bad, agent: dev, files: [a], description: "echo oh no >&2; exit 3"}
  - {id: after, agent: ops, files: [b], dependsOn: [bad], description: "true"}
`;
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': failing});
    const {stdout, code} = await runCli(['run', 'plan.yaml'], {cwd});
    expect(code).toBe(1);
    const log = /bad failed: it exited with code 3 \(see its log: (.+)\)/u.exec(stdout)?.[1] ?? '';
    expect(readFileSync(log, 'utf8')).toBe('oh no\n');
    expect(stdout).toContain('after was skipped: bad failed');
    expect(stdout).toMatch(/✘ 2 tasks: 0 succeeded, 1 failed, 1 skipped/u);
  });

  test('says of a task that exits well but does nothing that it changed nothing', async () => {
    const idle = 'tasks: [{id: idle, agent: dev, files: [a], description: "true"}]\n';
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': idle});
    const {stdout} = await runCli(['run', 'plan.yaml'], {cwd});
    expect(stdout).toMatch(/idle succeeded after .*, but changed none of its files/u);
  });

  test('checks everything and starts nothing with --dry-run', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': plan});
    const {stdout, code} = await runCli(['run', 'plan.yaml', '--dry-run'], {cwd});
    expect(code).toBe(0);
    expect(stdout).toContain('  three  dev  writes one.txt, after two');
    expect(existsSync(path.join(cwd, 'one.txt'))).toBe(false);
  });

  test('takes a plan of 10,000 tasks', async () => {
    const tasks = Array.from({length: 10_000}, (_, i) => ({
      id: `t${i}`,
      agent: i % 2 ? 'dev' : 'ops',
      files: [`f${i}`],
    }));
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.json': JSON.stringify({tasks})});
    const {stdout, code} = await runCli(['run', 'plan.json', '--dry-run'], {cwd});
    expect(code).toBe(0);
    expect(stdout).toContain('10000 tasks would run');
  });

  test('does not start what it cannot end: a missing program is named first', async () => {
    const config = 'agents: {dev: {use: claude}, ops: {command: [sh, -c, "{prompt}"]}}\n';
    const twice = 'tasks: [{agent: ops, files: [a], description: "touch a"}, {agent: dev, files: [b]}]\n';
    const cwd = folderWith({'disjoint.yaml': config, 'plan.yaml': twice});
    const {stderr, code} = await runCli(['run', 'plan.yaml'], {cwd, env: {PATH: '/usr/bin:/bin'}});
    expect(code).toBe(69);
    expect(stderr).toMatch(/^disjoint: E_PROGRAM_MISSING: agent type dev needs the program "claude"/u);
    expect(existsSync(path.join(cwd, 'a'))).toBe(false);
  });
});

describe('disjoint delegate', () => {
  test('runs tasks given on the command line, in parallel', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    const {code, stdout} = await runCli(
      ['delegate', 'dev a.txt: echo a > a.txt', 'ops b.txt: echo b > b.txt', 'reader: cat disjoint.yaml'],
      {cwd},
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/3 tasks: 3 succeeded/u);
    expect(readdirSync(cwd)).toEqual(expect.arrayContaining(['a.txt', 'b.txt']));
  });
});

describe('output that nobody reads', () => {
  test('a reader that goes away after one line is no error, and the work is finished', async () => {
    const tasks = Array.from(
      {length: 4},
      (_, i) => `  - {agent: dev, files: [f${i}], description: "echo x > f${i}"}`,
    );
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': `tasks:\n${tasks.join('\n')}\n`});
    const child = startCli(['run', 'plan.yaml'], {cwd});
    const ended = resultOf(child);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const {code, stderr} = await ended;
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(existsSync(path.join(cwd, 'f3'))).toBe(true);
  });

  test('a reader that never reads does not stop the run, and what it missed does not look like success', async () => {
    // Far more events than a pipe holds; nothing is read until the work is done.
    const tasks = Array.from(
      {length: 120},
      (_, i) => `  - {agent: dev, files: [f${i}], description: "true"}`,
    );
    tasks.push('  - {agent: dev, files: [done], description: "touch done"}');
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': `tasks:\n${tasks.join('\n')}\n`});
    const child = startCli(['run', 'plan.yaml', '--json'], {cwd});
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // Nobody ever reads: the pipe is full after a few dozen events.
    child.stdout?.pause();
    let told = '';
    child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
    await expect(ended).resolves.toBe(74);
    expect(told).toContain('its reader has stopped reading');
    expect(existsSync(path.join(cwd, 'done'))).toBe(true);
    child.stdout?.destroy();
    // More than a hundred programs, one after the other.
  }, 120_000);

  test('a reader that is slow gets everything', async () => {
    const tasks = Array.from({length: 60}, (_, i) => `  - {agent: dev, files: [f${i}], description: "true"}`);
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': `tasks:\n${tasks.join('\n')}\n`});
    const child = startCli(['run', 'plan.yaml', '--json'], {cwd});
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let text = '';
    for await (const chunk of child.stdout ?? []) {
      text += String(chunk);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const code = await ended;
    expect(code).toBe(0);
    const last: unknown = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({type: 'run.summary', tasks: {total: 60, succeeded: 60}});
  }, 120_000);
});

describe('disjoint init', () => {
  test('writes a configuration whose agent types own what is there, so that delegate works at once', async () => {
    const cwd = folderWith({
      'lib/a.js': '',
      'docs/a.md': '',
      'test/a.test.js': '',
      'README.md': '',
      'package.json': '{}',
    });
    const bin = folderWith({
      claude:
        '#!/bin/sh\n[ "$1" = --version ] && echo "9.9.9 (Fake)" && exit\necho \'{"type":"result","subtype":"success","is_error":false,"result":"did it"}\'\n',
    });
    const {chmodSync} = await import('node:fs');
    chmodSync(path.join(bin, 'claude'), 0o755);
    const env = {PATH: `${bin}:${process.env['PATH'] ?? ''}`};
    const init = await runCli(['init'], {cwd, env});
    expect(init).toMatchObject({code: 0, stderr: ''});
    expect(init.stdout).toContain('Found claude (9.9.9 (Fake)).');
    const text = readFileSync(path.join(cwd, 'disjoint.yaml'), 'utf8');
    expect(text).toContain('owns: ["lib/", "test/"]');
    expect(text).toContain('# yaml-language-server: $schema=.disjoint/disjoint.schema.json');
    const schema: unknown = JSON.parse(
      readFileSync(path.join(cwd, '.disjoint/disjoint.schema.json'), 'utf8'),
    );
    expect(schema).toMatchObject({properties: {maxParallel: {}, agents: {}}});
    const delegated = await runCli(['delegate', 'code_developer: x', 'doc_writer: y'], {cwd, env});
    expect(delegated.stdout).toMatch(/2 tasks: 2 succeeded/u);
    expect(delegated.code).toBe(0);
  });

  test('leaves out what git ignores', async () => {
    const cwd = folderWith({'lib/a.js': '', 'out/b.js': '', '.gitignore': 'out/\n'});
    execFileSync('git', ['init', '--quiet'], {cwd});
    await runCli(['init'], {cwd});
    expect(readFileSync(path.join(cwd, 'disjoint.yaml'), 'utf8')).toContain('owns: ["lib/"]');
  });

  test('leaves a configuration alone that is there already', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    const {code, stderr} = await runCli(['init'], {cwd});
    expect(code).toBe(73);
    expect(stderr).toMatch(/^disjoint: E_FILE_EXISTS: .*--force/u);
    expect(readFileSync(path.join(cwd, 'disjoint.yaml'), 'utf8')).toBe(SHELL_CONFIG);
  });
});

describe('reading commands', () => {
  test('owner names who owns a path', async () => {
    const cwd = folderWith({'disjoint.yaml': 'agents: {dev: {owns: ["src/**"]}, ops: {}}\n'});
    expect((await runCli(['owner', 'src/x/a.ts'], {cwd})).stdout).toBe('src/x/a.ts is owned by dev\n');
    expect((await runCli(['owner', 'other'], {cwd})).stdout).toBe(
      'nobody owns other: ops may write it, without "owns"\n',
    );
    const owning = folderWith({
      'disjoint.yaml': 'agents: {dev: {owns: ["src/**"]}, eye: {readOnly: true}}\n',
    });
    expect((await runCli(['owner', 'other'], {cwd: owning})).stdout).toBe(
      'nobody owns other: no agent type may write it, as each has "owns" or is read-only\n',
    );
    expect(JSON.parse((await runCli(['owner', 'src/a', '--json'], {cwd})).stdout)).toEqual({
      path: 'src/a',
      owners: ['dev'],
      inPart: [],
    });
  });

  test('owner tells who may not claim all of it, and so does the refusal of such a claim', async () => {
    const cwd = folderWith({
      'disjoint.yaml':
        'agents: {dev: {owns: ["src/**"], command: ["true"]}, ops: {owns: ["lib/**"], command: ["true"]}}\n',
      'src/a.ts': '',
    });
    symlinkSync('src', path.join(cwd, 'cur'));
    const answer = 'is owned in part by dev, which may not claim all of it';
    expect((await runCli(['owner', 'cur/a.ts'], {cwd})).stdout).toBe(`cur/a.ts ${answer}\n`);
    expect(JSON.parse((await runCli(['owner', 'cur/a.ts', '--json'], {cwd})).stdout)).toMatchObject({
      owners: ['dev'],
      inPart: ['dev'],
    });
    const {code, stderr} = await runCli(['delegate', 'dev cur/a.ts: x'], {cwd});
    expect(code).toBe(65);
    expect(stderr).toContain('agent type dev may not write all of cur/a.ts, some of which nobody owns');
    expect((await runCli(['owner', './'], {cwd})).stdout).toContain('in part by dev, ops');
  });

  test('doctor tells what is there and what is wrong', async () => {
    const cwd = folderWith({'disjoint.yaml': 'agents: {dev: {use: nope}}\n'});
    const {code, stdout} = await runCli(['doctor'], {cwd});
    expect(code).toBe(69);
    expect(stdout).toMatch(/✔ node/u);
    expect(stdout).toMatch(/✘ config .*E_PRESET_UNKNOWN/u);
  });

  test.each([
    {env: {CI: 'true'}, colored: false},
    {env: {FORCE_COLOR: '0', CI: 'true'}, colored: false},
    {env: {FORCE_COLOR: '1'}, colored: true},
    {env: {FORCE_COLOR: '1', NO_COLOR: '1'}, colored: false},
  ])('a pipe gets colour only when asked: $env', async ({env, colored}) => {
    const {stdout} = await runCli(['doctor'], {cwd: folderWith({'disjoint.yaml': SHELL_CONFIG}), env});
    expect(stdout).toMatch(/✔/u);
    expect(stdout.includes('\u001b[')).toBe(colored);
  });

  test('doctor names the agent types whose program is not there', async () => {
    const cwd = folderWith({
      'disjoint.yaml': 'agents: {dev: {command: [no-such-program]}, ops: {command: [sh]}}\n',
    });
    const {code, stdout} = await runCli(['doctor', '--json'], {cwd});
    expect(code).toBe(69);
    const {ok, checks} = JSON.parse(stdout);
    expect(ok).toBe(false);
    expect(checks.filter(({status}: {status: string}) => status === 'wrong')).toEqual([
      {
        name: 'agent',
        status: 'wrong',
        says: expect.stringMatching(/^dev needs the program "no-such-program"/u),
      },
    ]);
  });

  test('a configuration outside the repository is nobody’s business', async () => {
    const outside = folderWith({'disjoint.yaml': SHELL_CONFIG, 'repo/src/a.ts': ''});
    execFileSync('git', ['init', '--quiet', path.join(outside, 'repo')]);
    const {code, stderr} = await runCli(['owner', 'a.ts'], {cwd: path.join(outside, 'repo/src')});
    expect(code).toBe(65);
    expect(stderr).toMatch(/^disjoint: E_CONFIG_MISSING: there is no disjoint\.yaml in .*\/repo\. /u);
  });

  test('an error is data with --json: code, field, hint, and where to read more', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    const {code, stdout, stderr} = await runCli(['delegate', '--json', 'dev ../x: hi'], {cwd});
    expect({code, stdout}).toEqual({code: 65, stdout: ''});
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'E_PATH_ESCAPE',
        message: expect.stringContaining('"../x" leaves the repository'),
        field: 'files',
        hint: 'claims are paths below the repository root',
        docs: 'docs/reference/errors.md#e_path_escape',
      },
    });
  });

  test('--repo says where the repository is', async () => {
    const repo = folderWith({'disjoint.yaml': SHELL_CONFIG});
    const elsewhere = folderWith({});
    const {code} = await runCli(['delegate', '--repo', repo, 'dev a.txt: pwd > a.txt'], {cwd: elsewhere});
    expect(code).toBe(0);
    expect(readFileSync(path.join(repo, 'a.txt'), 'utf8')).toBe(`${repo}\n`);
  });

  test('the version is that of the package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await runCli(['--version'], {cwd: folderWith({})})).toMatchObject({
      code: 0,
      stdout: `${manifest.version}\n`,
    });
  });
});

describe('disjoint demo', () => {
  test('runs nine tasks in under 15 s, faster than one by one, and no conflicting pair at the same time', async () => {
    const startedAt = performance.now();
    const {code, stdout, stderr} = await runCli(['demo'], {cwd: folderWith({})});
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(stdout).toMatch(/By the agents' own clocks, 0 of 7 conflicting pairs ran at the same time\./u);
    expect(stdout).toMatch(/✔ 9 tasks: 9 succeeded/u);
    expect(Number(/→ {2}([\d.]+)x faster/u.exec(stdout)?.[1])).toBeGreaterThan(1.5);
    const folder = /^in (.+)$/mu.exec(stdout)?.[1] ?? '';
    expect(existsSync(folder)).toBe(false);
  });
});
