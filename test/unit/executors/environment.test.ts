import {describe, expect, test} from 'vitest';
import type {EnvironmentRule} from '../../../src/core/agent-type.ts';
import {attemptEnvironment, isForbiddenVariable} from '../../../src/core/environment.ts';
import {procTable} from '../../../src/executors/process/process-table.ts';
import {agentType, nodeProgram, script, startProcess} from '../../support/attempts.ts';

/** What changes how programs load, or hands on keys: the list of the security notes, name by name. */
const ALWAYS_DROPPED = [
  'NODE_OPTIONS',
  'NODE_PATH',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'LD_AUDIT',
  'DYLD_INSERT_LIBRARIES',
  'GIT_DIR',
  'GIT_SSH_COMMAND',
  'GIT_CONFIG_COUNT',
  'BASH_ENV',
  'ENV',
  'SHELLOPTS',
  'PROMPT_COMMAND',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'PERL5LIB',
  'PERL5OPT',
  'RUBYOPT',
  'JAVA_TOOL_OPTIONS',
  'npm_config_registry',
  'NPM_CONFIG_USERCONFIG',
  'SSH_AUTH_SOCK',
  'SSH_ASKPASS',
  'DISJOINT_SOCKET',
  'DISJOINT_TOKEN',
] as const;

const OURS = ['DISJOINT_ATTEMPT', 'DISJOINT_MARK', 'DISJOINT_TASK'];

const USER = {
  PATH: process.env['PATH'],
  HOME: '/home/somebody',
  API_KEY: 'k = "1"\n2',
  LC_ALL: 'C.UTF-8',
  UNSET: undefined,
  // So that the hook finds what a test leaves behind.
  LEAK_TEST_WORKER: process.env['LEAK_TEST_WORKER'],
};

/** The environment as the child itself sees it. */
const environmentSeen = async (
  user: Readonly<Record<string, string | undefined>>,
  rule: Partial<EnvironmentRule> = {},
): Promise<Record<string, string>> => {
  const {record} = startProcess({
    spec: {...nodeProgram('console.log(JSON.stringify(process.env))'), id: 'T7'},
    request: {agentType: agentType({environment: {only: null, set: {}, ...rule}}), attempt: 3},
    environment: user,
  });
  await record.death;
  return JSON.parse(record.lines('stdout').join('')) as Record<string, string>;
};

describe('the environment of a process', () => {
  test('is that of the user without every name that is always dropped', async () => {
    const hostile = Object.fromEntries(ALWAYS_DROPPED.map((name) => [name, '']));
    const seen = await environmentSeen({...USER, ...hostile});
    expect(Object.keys(seen).toSorted()).toEqual(
      ['API_KEY', 'HOME', 'LC_ALL', 'LEAK_TEST_WORKER', 'PATH', ...OURS].toSorted(),
    );
    expect(seen).toMatchObject({API_KEY: USER.API_KEY, HOME: USER.HOME});
  });

  test('names the task and the attempt, and carries a mark by which it can be found', async () => {
    const seen = await environmentSeen(USER);
    expect(seen).toMatchObject({DISJOINT_TASK: 'T7', DISJOINT_ATTEMPT: '3'});
    expect(seen['DISJOINT_MARK']).not.toBe('');
  });

  test('keeps the mark of an attempt that we run in ourselves, so that the outer one still finds it', async () => {
    const seen = await environmentSeen({...USER, DISJOINT_MARK: 'outer.1.'});
    expect(seen['DISJOINT_MARK']).toMatch(/^outer\.1\..+/u);
  });

  test('with an allow-list it has nothing but the names on it', async () => {
    const seen = await environmentSeen(USER, {only: ['API_KEY', 'LEAK_TEST_WORKER', 'NOT_SET']});
    expect(Object.keys(seen).toSorted()).toEqual(['API_KEY', 'LEAK_TEST_WORKER', ...OURS].toSorted());
  });

  test('has what the agent type sets, in place of what the user has', async () => {
    const seen = await environmentSeen(USER, {set: {HOME: '/elsewhere', EXTRA: 'a b'}});
    expect(seen).toMatchObject({HOME: '/elsewhere', EXTRA: 'a b', API_KEY: USER.API_KEY});
  });

  test('what is set is there although the allow-list does not name it', async () => {
    const seen = await environmentSeen(USER, {only: ['LEAK_TEST_WORKER'], set: {EXTRA: 'x'}});
    expect(Object.keys(seen).toSorted()).toEqual(['EXTRA', 'LEAK_TEST_WORKER', ...OURS].toSorted());
  });

  test('no spelling that is dropped may be configured either', () => {
    for (const name of [...ALWAYS_DROPPED, ...OURS])
      expect([name, isForbiddenVariable(name)]).toEqual([name, true]);
    for (const name of [
      'PATH',
      'HOME',
      'GITHUB_TOKEN',
      'ANTHROPIC_API_KEY',
      'ENVIRONMENT',
      'XNODE_PATH',
      'LDFLAGS',
    ]) {
      expect([name, isForbiddenVariable(name)]).toEqual([name, false]);
    }
  });

  test('names that are keys of every JavaScript object are names like any other', () => {
    const user = Object.fromEntries([
      ['constructor', 'c'],
      ['toString', 't'],
    ]);
    expect(attemptEnvironment(user, {only: ['constructor', 'toString', 'valueOf'], set: {}}, {})).toEqual(
      user,
    );
  });
});

describe('the process group of a process', () => {
  test('is its own, and so is its session: no Ctrl-C of a terminal reaches it', async () => {
    const {running, record} = startProcess({spec: script('echo up; exec sleep 600')});
    await record.printed('up');
    const {pid = 0, group = 0, startedAt} = record.program ?? {};
    const ours = procTable.find(process.pid);
    expect(procTable.find(pid)).toEqual({pid, group, session: group, startedAt});
    expect(ours?.group).not.toBe(group);
    expect(ours?.session).not.toBe(group);
    running.kill();
    await record.death;
  });
});
