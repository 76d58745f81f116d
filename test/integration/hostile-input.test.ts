import {describe, test} from 'vitest';
import {createOrchestrator} from '../../src/index.ts';
import {
  anything,
  circular,
  expectAlive,
  expectNothingUnhandled,
  expectTyped,
  noText,
  task,
} from '../support/hostile.ts';
import {rejectionOf, startOrchestrator} from '../support/orchestrators.ts';

const envOf = (env: object) => ({agents: {dev: {env}}});

describe('a caller that does not keep to the types', () => {
  expectNothingUnhandled();

  const refusedTasks: readonly (readonly [string, string, Record<string, unknown>])[] = [
    ['files that are text', 'E_TASK_SHAPE', {files: 'src'}],
    ['a circular claim', 'E_PATH_TYPE', {files: [circular]}],
    ['a claim that JSON cannot write', 'E_PATH_TYPE', {files: [[1n]]}],
    ['a claim without a prototype', 'E_PATH_TYPE', {files: [noText]}],
    ['a symbol as a claim', 'E_PATH_TYPE', {files: [Symbol('a')]}],
    ['a hole in the list of files', 'E_PATH_TYPE', {files: [undefined, 'a.txt']}],
    ['a path of a million characters', 'E_PATH_TOOLONG', {files: ['x'.repeat(1e6)]}],
    ['reads that are no list', 'E_TASK_SHAPE', {reads: {path: 'a'}}],
    ['a circular description', 'E_TASK_SHAPE', {description: circular}],
    ['a description of a million characters', 'E_TEXT_TOO_LARGE', {description: 'x'.repeat(1e6)}],
    ['an option that does not exist', 'E_OPTION', {timeout: 50}],
    ['a misspelled option', 'E_OPTION', {dependOn: ['a']}],
    ['a misspelled option of its retries', 'E_OPTION', {retry: {attempts: 3}}],
    ['a NUL in the description', 'E_TASK_SHAPE', {description: 'a\0b'}],
    ['a NUL in a command', 'E_TASK_SHAPE', {run: undefined, command: ['echo', 'a\0b']}],
    ['no agent type', 'E_TASK_SHAPE', {agentType: undefined}],
    ['an agent type called __proto__', 'E_AGENT_NAME', {agentType: '__proto__'}],
    ['an agent type called constructor', 'E_AGENT_UNKNOWN', {agentType: 'constructor'}],
    ['an id called __proto__', 'E_TASK_ID', {id: '__proto__'}],
    ['an id of a million characters', 'E_TASK_ID', {id: 'x'.repeat(1e6)}],
    ['an id that is a number', 'E_TASK_SHAPE', {id: 5}],
    ['an id that is a symbol', 'E_TASK_SHAPE', {id: Symbol('a')}],
    ['dependencies that are text', 'E_TASK_SHAPE', {dependsOn: 'a'}],
    ['null among the dependencies', 'E_TASK_SHAPE', {dependsOn: [null]}],
    ['a circular object among the dependencies', 'E_TASK_SHAPE', {dependsOn: [circular]}],
    ['a priority that is text', 'E_NUMBER_RANGE', {priority: '5'}],
    ['a priority that is a symbol', 'E_NUMBER_RANGE', {priority: Symbol('a')}],
    ['an endless timeout', 'E_NUMBER_RANGE', {timeoutMs: Number.POSITIVE_INFINITY}],
    ['a retry that is a number', 'E_TASK_SHAPE', {retry: 3}],
    ['readOnly that is text', 'E_TASK_SHAPE', {files: undefined, readOnly: 'no'}],
    ['a run that is no function', 'E_TASK_SHAPE', {run: 'work'}],
    ['a run beside a command', 'E_TASK_SHAPE', {command: ['true']}],
    ['a command that is text', 'E_TASK_SHAPE', {run: undefined, command: 'true'}],
    ['an empty command', 'E_TASK_SHAPE', {run: undefined, command: []}],
  ];
  test.each(refusedTasks)('is told of %s by %s, and nothing else is harmed', async (_, code, wrong) => {
    const orchestrator = await startOrchestrator();
    const {accepted, result} = orchestrator.submit(task(wrong));
    expectTyped(await rejectionOf(accepted), code);
    expectTyped(await rejectionOf(result), code);
    await expectAlive(orchestrator);
  });

  const refusedOptions: readonly (readonly [string, string, unknown])[] = [
    ['no options', 'E_OPTION', undefined],
    ['no agents', 'E_OPTION', {}],
    ['a list of agents', 'E_OPTION', {agents: []}],
    ['an agent that is null', 'E_AGENT_OPTION', {agents: {dev: null}}],
    ['an agent that is text', 'E_AGENT_OPTION', {agents: {dev: 'claude'}}],
    ['an agent called __proto__', 'E_AGENT_NAME', {agents: {['__proto__']: {}}}],
    ['an agent whose run is no function', 'E_AGENT_OPTION', {agents: {dev: {run: 'work'}}}],
    ['an agent with a circular command', 'E_COMMAND_SHAPE', {agents: {dev: {command: circular}}}],
    ['an agent that owns a circular object', 'E_PATH_TYPE', {agents: {dev: {owns: [circular]}}}],
    ['an agent with a number in its environment', 'E_AGENT_OPTION', {agents: {dev: {env: {set: {A: 5}}}}}],
    [
      'a variable that smuggles in another',
      'E_AGENT_OPTION',
      envOf({set: {'NODE_OPTIONS=--require=/x': ''}}),
    ],
    ['a variable without a name', 'E_AGENT_OPTION', envOf({set: {'': 'x'}})],
    ['a NUL in a variable', 'E_AGENT_OPTION', envOf({set: {A: 'a\0b'}})],
    ['a list of variables with "="', 'E_AGENT_OPTION', envOf({only: ['A=B']})],
    ['an option that does not exist', 'E_OPTION', {agents: {}, maxparallel: 1}],
    ['an agent with an option that does not exist', 'E_OPTION', {agents: {dev: {own: ['src/']}}}],
    ['an agent with a misspelled retry', 'E_OPTION', {agents: {dev: {retry: {attempts: 3}}}}],
    ['an agent with a misspelled rung', 'E_OPTION', {agents: {dev: {stop: {grace: 3}}}}],
    ['a misspelled part of an environment', 'E_OPTION', envOf({sets: {}})],
    ['a limit that is text', 'E_LIMIT_RANGE', {agents: {}, maxParallel: '4'}],
    ['a repository that is a number', 'E_OPTION', {agents: {}, repo: 42}],
    ['a folder for state that is a number', 'E_OPTION', {agents: {}, stateDir: 42}],
    ['a logger that cannot log', 'E_OPTION', {agents: {}, logger: {}}],
    ['a clock without time', 'E_OPTION', {agents: {}, clock: {}}],
    ['a store that stores nothing', 'E_OPTION', {agents: {}, store: {}}],
    ['no environment', 'E_OPTION', {agents: {}, environment: null}],
  ];
  test.each(refusedOptions)('makes no orchestrator with %s: %s', async (_, code, options) => {
    expectTyped(await rejectionOf(createOrchestrator(anything(options))), code);
  });
});
