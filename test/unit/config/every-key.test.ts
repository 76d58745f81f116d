import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {loadConfigFile, loadPlanFile} from '../../../src/config/load.ts';
import {configJsonSchema, configSchema, planJsonSchema, planSchema} from '../../../src/config/schema.ts';
import {folderWith} from '../../support/cli.ts';

const fileWith = (text: string): string => path.join(folderWith({'a.yaml': text}), 'a.yaml');

const configOf = async (text: string) => {
  const loaded = await loadConfigFile(fileWith(text), 'a.yaml');
  if (!loaded.ok) throw new Error(`${loaded.failure.code}: ${loaded.failure.message}`);
  return loaded.value;
};

const planOf = async (text: string) => {
  const loaded = await loadPlanFile(fileWith(text), 'a.yaml');
  if (!loaded.ok) throw new Error(`${loaded.failure.code}: ${loaded.failure.message}`);
  return loaded.value;
};

/** A configuration in which every key stands. */
const CONFIG = {
  maxParallel: 7,
  resources: {cpu: {admit: 60, lower: 75.5}, memory: {lower: 90}},
  policy: 'throughput',
  limits: {'model-api': 2},
  companions: {'schema.prisma': ['/src/generated/**'], 'flake.nix': []},
  sharedOwnership: true,
  pathPolicy: 'native',
  secrets: ['DSN'],
  agents: {
    by_command: {
      owns: ['src/**', {path: 'a*b'}, {glob: 'x/[ab]'}, {rename: ['old', 'new']}],
      readOnly: false,
      tags: ['model-api', 'gpu'],
      command: ['tool', '{prompt}', '{files}'],
      prompt: 'stdin',
      instances: 2,
      timeout: '2h',
      quietTimeout: '90s',
      retries: 3,
      backoff: '500ms',
      backoffMax: '1.5m',
      stop: {ask: '1s', grace: '20s'},
      env: {only: ['PATH', 'HOME'], set: {MODE: 'fast'}},
    },
    by_preset: {use: 'claude', args: ['--model', 'opus'], readOnly: true},
    plain: {},
  },
};

/** A plan in which every key stands. */
const PLAN = {
  tasks: [
    {
      id: 'T1',
      agent: 'dev',
      description: 'Do it.\nWell.',
      files: ['a', {glob: 'b/*'}],
      reads: ['c/'],
      readOnly: false,
      sensitive: true,
      dependsOn: ['T0'],
      priority: -3,
      estimate: '10m',
      timeout: '1h',
      quietTimeout: '5m',
      retries: 0,
    },
    {agent: 'ops'},
  ],
};

describe('a file in which every key stands', () => {
  test('has every key of the schema', () => {
    const agent = configSchema.shape.agents.valueType;
    expect(Object.keys(CONFIG)).toEqual(Object.keys(configSchema.shape));
    const used = new Set(Object.values(CONFIG.agents).flatMap((one) => Object.keys(one)));
    expect([...used].toSorted()).toEqual(Object.keys(agent.shape).toSorted());
    expect(Object.keys(PLAN.tasks[0] ?? {})).toEqual(Object.keys(planSchema.shape.tasks.element.shape));
  });

  test('loads as a configuration, with durations in milliseconds and retries as attempts', async () => {
    const {maxParallel, agents, ...rest} = await configOf(JSON.stringify(CONFIG));
    expect(maxParallel).toBe(7);
    const {policy, resources, limits, companions, sharedOwnership, pathPolicy, secrets} = CONFIG;
    expect(rest).toEqual({policy, resources, limits, companions, sharedOwnership, pathPolicy, secrets});
    expect([...agents.keys()]).toEqual(['by_command', 'by_preset', 'plain']);
    expect(agents.get('by_command')).toEqual({
      owns: CONFIG.agents.by_command.owns,
      readOnly: false,
      tags: ['model-api', 'gpu'],
      command: ['tool', '{prompt}', '{files}'],
      prompt: 'stdin',
      instances: 2,
      timeoutMs: 7_200_000,
      quietTimeoutMs: 90_000,
      retry: {maxAttempts: 4, backoffMs: 500, backoffMaxMs: 90_000},
      stop: {askMs: 1_000, graceMs: 20_000},
      env: {only: ['PATH', 'HOME'], set: {MODE: 'fast'}},
    });
    expect(agents.get('by_preset')).toMatchObject({use: 'claude', args: ['--model', 'opus'], readOnly: true});
  });

  test('loads as a plan', async () => {
    expect(await planOf(JSON.stringify(PLAN))).toEqual([
      {
        id: 'T1',
        agentType: 'dev',
        description: 'Do it.\nWell.',
        files: ['a', {glob: 'b/*'}],
        reads: ['c/'],
        readOnly: false,
        sensitive: true,
        dependsOn: ['T0'],
        priority: -3,
        estimateMs: 600_000,
        timeoutMs: 3_600_000,
        quietTimeoutMs: 300_000,
        retry: {maxAttempts: 1},
      },
      {agentType: 'ops', description: ''},
    ]);
  });

  test('is the same in JSON and in YAML', async () => {
    const yaml = `# a comment
tasks:
  - id: T1
    agent: dev
    description: |-
      Do it.
      Well.
    files: [a, {glob: b/*}]
    reads:
      - c/
    readOnly: false
    sensitive: true
    dependsOn: [T0]
    priority: -3
    estimate: 10m
    timeout: 1h
    quietTimeout: 5m
    retries: 0
  - agent: ops
`;
    expect(await planOf(yaml)).toEqual(await planOf(JSON.stringify(PLAN, null, 2)));
  });

  test('may begin with a byte order mark and have Windows line ends', async () => {
    expect(await planOf('\uFEFFtasks:\r\n  - agent: dev\r\n    description: "a"\r\n')).toEqual([
      {agentType: 'dev', description: 'a'},
    ]);
  });
});

describe('the JSON schema for editors', () => {
  const cases: readonly (readonly [string, 'config' | 'plan', unknown])[] = [
    ['every key', 'config', CONFIG],
    ['every key of a plan', 'plan', PLAN],
    ['no agents', 'config', {maxParallel: 4}],
    ['a misspelled key', 'config', {agents: {}, maxParalel: 4}],
    ['a limit of zero', 'config', {agents: {}, maxParallel: 0}],
    ['a limit that is text', 'config', {agents: {}, maxParallel: '4'}],
    ['a limit by itself', 'config', {agents: {}, maxParallel: 'auto'}],
    ['nobody looks at the machine', 'config', {agents: {}, resources: false}],
    ['thresholds that are turned on', 'config', {agents: {}, resources: true}],
    ['a threshold above 100', 'config', {agents: {}, resources: {cpu: {admit: 101}}}],
    ['a threshold that does not exist', 'config', {agents: {}, resources: {cpu: {max: 10}}}],
    ['a limit of a tag that is zero', 'config', {agents: {}, limits: {api: 0}}],
    ['limits as a list', 'config', {agents: {}, limits: ['api']}],
    ['a tag that is no list', 'config', {agents: {a: {tags: 'api'}}}],
    ['a limit that is broken', 'config', {agents: {}, maxParallel: 1.5}],
    ['a command that is text', 'config', {agents: {a: {command: 'sh -c x'}}}],
    ['an empty command', 'config', {agents: {a: {command: []}}}],
    ['a duration without a unit', 'config', {agents: {a: {timeout: '10'}}}],
    ['a duration that is a number', 'config', {agents: {a: {timeout: 10}}}],
    ['a duration with two units', 'config', {agents: {a: {timeout: '1h30m'}}}],
    ['a claim that is a number', 'config', {agents: {a: {owns: [1]}}}],
    ['a claim with two keys', 'config', {agents: {a: {owns: [{path: 'a', glob: 'b'}]}}}],
    ['a claim that is read-only', 'config', {agents: {a: {owns: [{readOnly: true}]}}}],
    ['a claim that is not read-only', 'config', {agents: {a: {owns: [{readOnly: false}]}}}],
    ['companions that are text', 'config', {agents: {}, companions: {a: 'b'}}],
    ['a policy that does not exist', 'config', {agents: {}, pathPolicy: 'windows'}],
    ['half a rename', 'config', {agents: {a: {owns: [{rename: ['a']}]}}}],
    ['a variable that is a number', 'config', {agents: {a: {env: {set: {A: 1}}}}}],
    ['an unknown key of a ladder', 'config', {agents: {a: {stop: {sweep: '1s'}}}}],
    ['a task without an agent', 'plan', {tasks: [{id: 'a'}]}],
    ['tasks that are no list', 'plan', {tasks: {}}],
    ['a task with an unknown key', 'plan', {tasks: [{agent: 'a', command: ['x']}]}],
    ['retries below zero', 'plan', {tasks: [{agent: 'a', retries: -1}]}],
  ];
  test.each(cases)('takes a file with %s exactly if the loader does', async (_, kind, file) => {
    const [schema, load] =
      kind === 'config'
        ? ([configJsonSchema(), loadConfigFile] as const)
        : ([planJsonSchema(), loadPlanFile] as const);
    const loaded = await load(fileWith(JSON.stringify(file)), 'a.yaml');
    expect(z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(file).success).toBe(
      loaded.ok,
    );
  });
});
