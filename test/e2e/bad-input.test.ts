import {execFileSync} from 'node:child_process';
import {existsSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {type CliResult, folderWith, runCli, SHELL_CONFIG} from '../support/cli.ts';

/** One line on stderr with the code, nothing on stdout, and the exit code of its class. */
const expectError = (result: CliResult, code: string, exit: number, says: RegExp): void => {
  expect(result.stderr).toMatch(new RegExp(`^disjoint: ${code}: `, 'u'));
  expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(result.stderr).toMatch(/ Hint: .+\.$/mu);
  expect(result.stderr).toMatch(says);
  expect(result.stdout).toBe('');
  expect(result.code).toBe(exit);
};

describe('a wrong command line', () => {
  const cases: readonly (readonly [string, readonly string[], string, RegExp])[] = [
    ['an unknown command', ['rnu'], 'E_UNKNOWN_COMMAND', /unknown command 'rnu'.*did you mean "run"/u],
    ['a missing value', ['run', '--max-parallel'], 'E_ARG_MISSING', /--max-parallel/u],
    ['a missing argument', ['run'], 'E_ARG_MISSING', /plan/u],
    ['a limit of zero', ['run', '--max-parallel', '0', 'p'], 'E_ARG_RANGE', /1\.\.256, integer/u],
    ['a negative limit', ['run', '--max-parallel=-1', 'p'], 'E_ARG_RANGE', /1\.\.256, integer/u],
    ['a huge limit', ['run', '--max-parallel', '1e9', 'p'], 'E_ARG_RANGE', /1\.\.256, integer/u],
    ['a limit in words', ['run', '--max-parallel', 'abc', 'p'], 'E_ARG_RANGE', /1\.\.256, integer/u],
    ['a broken limit', ['run', '--max-parallel', '2.5', 'p'], 'E_ARG_RANGE', /1\.\.256, integer/u],
    [
      'an unknown option',
      ['run', '--max-paralel', '2', 'p'],
      'E_ARG_UNKNOWN',
      /did you mean "--max-parallel"/u,
    ],
    ['too many arguments', ['overlap', 'a', 'b', 'c'], 'E_ARG_UNEXPECTED', /too many arguments/u],
  ];
  test.each(cases)('%s is a usage error', async (_, args, code, says) => {
    expectError(await runCli(args, {cwd: folderWith({})}), code, 64, says);
  });
});

describe('a delegation that cannot be', () => {
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['names no files and owns none', 'dev: echo hi', 'E_CLAIM_EMPTY', /task t1 .* dev .*readOnly/u],
    ['leaves the repository', 'dev ../x: echo hi', 'E_PATH_ESCAPE', /"\.\.\/x" leaves the repository/u],
    ['names an agent like a path', '../../x a.ts: hi', 'E_AGENT_NAME', /\^\[a-z\]/u],
    ['names an agent of 300 characters', `${'a'.repeat(300)} a.ts: hi`, 'E_AGENT_NAME', /a{80}"/u],
    ['names an agent in pictures', '🤖 a.ts: hi', 'E_AGENT_NAME', /\^\[a-z\]/u],
    [
      'names an agent nobody configured',
      'designer a.ts: hi',
      'E_AGENT_UNKNOWN',
      /designer.*known: dev, ops, reader/u,
    ],
    ['lets a read-only agent write', 'reader a.ts: hi', 'E_READ_ONLY', /a\.ts.*read-only/u],
    ['has no text', 'dev a.ts', 'E_DELEGATE_SHAPE', /AGENT \[CLAIM\.\.\.\]: TEXT/u],
  ];
  test.each(cases)('one that %s is refused', async (_, delegation, code, says) => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    expectError(await runCli(['delegate', delegation], {cwd}), code, 65, says);
  });

  test('without a configuration it points to init', async () => {
    const result = await runCli(['delegate', 'dev a.ts: hi'], {cwd: folderWith({})});
    expectError(result, 'E_CONFIG_MISSING', 65, /disjoint init/u);
  });
});

describe('a plan that cannot be', () => {
  const plan = (tasks: string): string => `tasks:\n${tasks}`;
  const task = (fields: string): string => `  - {agent: dev, files: [a.ts], ${fields}}\n`;
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['an unknown dependency', plan(task('id: a, dependsOn: [T9]')), 'E_DEP_UNKNOWN', /a depends on T9/u],
    [
      'a cycle',
      plan(task('id: A, dependsOn: [B]') + task('id: B, dependsOn: [A]')),
      'E_DEP_CYCLE',
      /A -> B -> A|B -> A -> B/u,
    ],
    ['a task that waits for itself', plan(task('id: A, dependsOn: [A]')), 'E_DEP_CYCLE', /A -> A/u],
    ['the same id twice', plan(task('id: a') + task('id: a')), 'E_TASK_DUPLICATE', /id a/u],
    ['an unknown agent', plan('  - {agent: nobody, files: [a]}\n'), 'E_AGENT_UNKNOWN', /known: dev/u],
    ['an id that is a path', plan(task('id: ../x')), 'E_TASK_ID', /"\.\.\/x" is no task id/u],
    [
      'a control character in a path',
      plan('  - {agent: dev, files: ["a\\0b"]}\n'),
      'E_PATH_CONTROL',
      /a\\u\{0\}b/u,
    ],
    ['no tasks', 'tasks: []\n', 'E_PLAN_EMPTY', /has no tasks/u],
    ['nothing at all', '', 'E_PLAN_EMPTY', /plan\.yaml is empty/u],
    [
      'a key that is misspelled',
      plan('  - {agnet: dev}\n'),
      'E_PLAN_KEY',
      /plan\.yaml:2:6.*did you mean "agent"/u,
    ],
    ['a key twice', plan('  - {agent: dev, agent: ops}\n'), 'E_PLAN_DUPLICATE', /plan\.yaml:2:/u],
    ['broken YAML', 'tasks: [\n', 'E_PLAN_SYNTAX', /plan\.yaml:\d+:\d+/u],
    [
      'a number that is octal to some',
      plan(task('id: a, priority: 012')),
      'E_PLAN_AMBIGUOUS',
      /012 is octal/u,
    ],
    ['a number for an id', plan(task('id: 12')), 'E_PLAN_VALUE', /put it in quotes: "12"/u],
    ['no for a boolean', plan('  - {agent: dev, readOnly: no}\n'), 'E_PLAN_VALUE', /write true or false/u],
    ['a duration without a unit', plan(task('timeout: "10"')), 'E_DURATION', /90s, 30m or 2h/u],
    ['a task that has no agent', plan('  - {files: [a]}\n'), 'E_PLAN_VALUE', /agent is missing/u],
  ];
  test.each(cases)('one with %s is refused, and nothing starts', async (_, text, code, says) => {
    const first = '  - {id: first, agent: ops, files: [b.ts], description: "touch started"}\n';
    const cwd = folderWith({
      'disjoint.yaml': SHELL_CONFIG,
      'plan.yaml': text.startsWith('tasks:\n')
        ? text.replace('tasks:\n', `tasks:\n${first}`).replace(first, '') + first
        : text,
    });
    expectError(await runCli(['run', 'plan.yaml'], {cwd}), code, 65, says);
    expect(existsSync(path.join(cwd, 'started'))).toBe(false);
    expect(existsSync(path.join(cwd, '.disjoint'))).toBe(false);
  });

  test('"no" is an ordinary id in YAML 1.2', async () => {
    const cwd = folderWith({
      'disjoint.yaml': SHELL_CONFIG,
      'plan.yaml': 'tasks: [{id: no, agent: dev, files: [a], description: "true"}]\n',
    });
    const result = await runCli(['run', 'plan.yaml'], {cwd});
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('no succeeded');
  });

  test('invalid UTF-8 is named with the offset of the first wrong byte', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    writeFileSync(
      path.join(cwd, 'plan.yaml'),
      Buffer.concat([Buffer.from('tasks: # é'), Buffer.from([0xff, 0x0a])]),
    );
    expectError(await runCli(['run', 'plan.yaml'], {cwd}), 'E_ENCODING', 65, /not valid UTF-8 at byte 11/u);
  });

  test('a plan that is not there is named', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    expectError(await runCli(['run', 'nope.yaml'], {cwd}), 'E_PLAN_FILE', 65, /there is no file nope\.yaml/u);
  });
});

describe('a configuration that cannot be', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['broken YAML', 'agents: {dev: [\n', 'E_CONFIG_SYNTAX', /disjoint\.yaml:\d+:\d+: /u],
    [
      'an unknown key',
      'maxParalel: 4\nagents: {}\n',
      'E_CONFIG_KEY',
      /disjoint\.yaml:1:1.*did you mean "maxParallel"/u,
    ],
    ['an unknown key of an agent', 'agents: {dev: {own: [a]}}\n', 'E_CONFIG_KEY', /did you mean "owns"/u],
    ['a key twice', 'agents: {}\nagents: {}\n', 'E_CONFIG_DUPLICATE', /disjoint\.yaml:2:1/u],
    ['an alias bomb', bomb, 'E_CONFIG_COMPLEX', /too many aliases/u],
    [
      'a value that holds itself',
      'agents: {dev: &dev {owns: [*dev]}}\n',
      'E_CONFIG_COMPLEX',
      /disjoint\.yaml:1:28: \*dev stands for a value that it is a part of/u,
    ],
    ['a tag that runs code', 'agents: !!js/function "x"\n', 'E_CONFIG_TAG', /disjoint\.yaml:1:/u],
    [
      'the key __proto__',
      'agents: {__proto__: {command: [sh]}}\n',
      'E_CONFIG_KEY',
      /"__proto__" may not be a key/u,
    ],
    ['the key constructor', 'agents: {constructor: {command: [sh]}}\n', 'E_CONFIG_KEY', /"constructor"/u],
    [
      'a command that is a string',
      'agents: {dev: {command: "claude -p {text}"}}\n',
      'E_COMMAND_SHAPE',
      /must be a list/u,
    ],
    ['two names that fold to one', 'agents: {dev: {}, Dev: {}}\n', 'E_AGENT_DUPLICATE', /dev and Dev/u],
    ['a timeout without a unit', 'agents: {dev: {timeout: "10"}}\n', 'E_DURATION', /90s, 30m or 2h/u],
    ['a timeout that is a number', 'agents: {dev: {timeout: 10}}\n', 'E_DURATION', /90s, 30m or 2h/u],
    ['a negative timeout', 'agents: {dev: {timeout: -5s}}\n', 'E_DURATION', /"-5s"/u],
    ['a timeout of a year', 'agents: {dev: {timeout: 1y}}\n', 'E_DURATION', /"1y"/u],
    [
      'a forbidden variable',
      'agents: {dev: {env: {only: [NODE_OPTIONS]}}}\n',
      'E_ENV_FORBIDDEN',
      /NODE_OPTIONS/u,
    ],
    [
      'a forbidden variable to set',
      'agents: {dev: {env: {set: {LD_PRELOAD: x}}}}\n',
      'E_ENV_FORBIDDEN',
      /LD_PRELOAD/u,
    ],
    [
      'an unknown preset',
      'agents: {dev: {use: cladue}}\n',
      'E_PRESET_UNKNOWN',
      /claude, codex, gemini, opencode/u,
    ],
    ['a bad agent name', 'agents: {"Big Dev": {}}\n', 'E_AGENT_NAME', /\^\[a-z\]/u],
    ['an owns outside', 'agents: {dev: {owns: ["../x/**"]}}\n', 'E_GLOB_DOTDOT', /dev.*"owns"/u],
  ];
  test.each(cases)('one with %s is refused', async (_, text, code, says) => {
    const cwd = folderWith({'disjoint.yaml': text});
    expectError(await runCli(['delegate', 'dev a.ts: echo hi'], {cwd}), code, 65, says);
  });

  test('one that is a directory, a FIFO, a device or far too large is refused at once', async () => {
    const make: readonly (readonly [string, (file: string) => void])[] = [
      ['a FIFO', (file) => execFileSync('mkfifo', [file])],
      ['a device', (file) => symlinkSync('/dev/zero', file)],
      ['a directory', (file) => execFileSync('mkdir', [file])],
      ['too large', (file) => execFileSync('truncate', ['-s', '1G', file])],
    ];
    for (const [, makeConfig] of make) {
      const cwd = folderWith({});
      makeConfig(path.join(cwd, 'disjoint.yaml'));
      const startedAt = performance.now();
      expectError(await runCli(['delegate', 'dev a.ts: hi'], {cwd}), 'E_CONFIG_FILE', 65, /disjoint\.yaml/u);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    }
  });
});
