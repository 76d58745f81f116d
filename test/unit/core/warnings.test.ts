import {PassThrough} from 'node:stream';
import pc from 'picocolors';
import {describe, expect, test} from 'vitest';
import {createRunView} from '../../../src/cli/run-view.ts';
import type {ClaimInput} from '../../../src/core/claim/claim.ts';
import {describeWarning} from '../../../src/core/warnings.ts';
import type {TaskOptions} from '../../../src/index.ts';
import {claimOf} from '../../support/claim-of.ts';
import {folderWith, runCli, SHELL_CONFIG} from '../../support/cli.ts';
import {ofType, recordEvents, startOrchestrator} from '../../support/orchestrators.ts';

const run = (): string => 'ran';

/** The warnings on these tasks, by task, in the order in which they are told; none of the tasks starts. */
const warningsOn = async (tasks: readonly TaskOptions[]) => {
  const orchestrator = await startOrchestrator();
  await orchestrator.pause();
  const events = recordEvents(orchestrator);
  const handles = orchestrator.submitMany(tasks);
  await Promise.all(handles.map(({accepted}) => accepted));
  for (const {result} of handles) result.catch(() => {});
  return ofType(events, 'task.warned').map(({taskId, warning}) => ({taskId, ...warning}));
};

const kindsFor = async (...files: readonly ClaimInput[]) =>
  (await warningsOn([{id: 'T', agentType: 'dev', files, run}])).map(({kind, claim}) => `${kind} ${claim}`);

/** Tasks of both agent types, of which some write TypeScript. */
const MIX: readonly TaskOptions[] = [
  {id: 'a', agentType: 'dev', files: ['src/a.ts', 'docs/a.md'], run},
  {id: 'b', agentType: 'ops', files: ['docs/'], run},
  {id: 'c', agentType: 'dev', files: ['docs/c.md'], run},
  {id: 'd', agentType: 'ops', files: ['d.md'], reads: ['lib/d.ts'], run},
  {id: 'e', agentType: 'ops', files: ['e.md'], reads: ['README.md'], run},
  {id: 'f', agentType: 'ops', files: ['lib/*.js'], run},
  {id: 'g', agentType: 'ops', readOnly: true, run},
];

describe('a write glob that no folder bounds', () => {
  test('is warned about, with how many other tasks it meets the claims of', async () => {
    const glob: TaskOptions = {id: 'glob', agentType: 'dev', files: ['**/*.ts', 'z'], run};
    // Those that write or read TypeScript, and the folder in which there could be some. Not those that merely share
    // the agent: they wait for each other in any case.
    const expected = {taskId: 'glob', kind: 'rootless-glob', claim: '**/*.ts', conflicts: 3, compared: 7};
    expect(await warningsOn([...MIX, glob])).toEqual([expected]);
    expect(await warningsOn([glob, ...MIX])).toEqual([expected]);
  });

  test('counts what comes along with the claims of others', async () => {
    const tasks: TaskOptions[] = [
      {id: 'glob', agentType: 'dev', files: ['**/*.lock'], run},
      {id: 'a', agentType: 'ops', files: ['Cargo.toml'], run},
    ];
    expect(await warningsOn(tasks)).toMatchObject([{conflicts: 1, compared: 1}]);
  });

  test('does not count tasks that have ended', async () => {
    const orchestrator = await startOrchestrator();
    await orchestrator.submit({agentType: 'dev', files: ['a.ts'], run}).result;
    const events = recordEvents(orchestrator);
    await orchestrator.submit({id: 'glob', agentType: 'dev', files: ['**/*.ts'], run}).result;
    expect(ofType(events, 'task.warned')).toMatchObject([{warning: {conflicts: 0, compared: 0}}]);
  });

  test.each<ClaimInput>([
    '**',
    '*',
    '*.ts',
    '?',
    '**/src/a.ts',
    '*/a.ts',
    {glob: '{src,*}/a.ts'},
    {glob: '[ab]'},
  ])('is %j', async (glob) => {
    expect(await kindsFor(glob)).toEqual([`rootless-glob ${claimOf(glob).raw}`]);
  });

  test('is no glob in a folder, no path, no folder and not the root itself', async () => {
    expect(await kindsFor('src/**', 'a.ts', 'docs/', './', {path: '*'}, {glob: '{src,lib}/**'})).toEqual([]);
  });
});

describe('a glob that is taken for more than it says', () => {
  test('is warned about', async () => {
    expect(await kindsFor('src/@(a|b)*.ts')).toEqual(['widened src/@(a|b)*.ts']);
    expect(await kindsFor({glob: 'src/{1..3}.ts'})).toEqual(['widened src/{1..3}.ts']);
    expect(await kindsFor({glob: 'src/[[:alpha:]].ts'})).toEqual(['widened src/[[:alpha:]].ts']);
    expect(await kindsFor({glob: `src/{${'a,'.repeat(300)}a}.ts`})).toHaveLength(1);
  });

  test('is warned about as both if it is both', async () => {
    expect(await kindsFor({glob: '+(a).ts'})).toEqual(['widened +(a).ts', 'rootless-glob +(a).ts']);
  });

  test('is none that is exact', async () => {
    expect(await kindsFor('src/*.ts', {glob: 'src/{a,b}/[a-c]?.ts'}, 'app/(group)/page.ts')).toEqual([]);
  });
});

describe('what is not warned about', () => {
  test('is what a task reads, and what comes along with its claims', async () => {
    const reads = ['**/*.ts', {glob: 'src/@(a|b).ts'}];
    expect(await warningsOn([{agentType: 'dev', files: ['a.ts'], reads, run}])).toEqual([]);
    const orchestrator = await startOrchestrator({companions: {'x.y': ['/**/*.ts', '/src/@(a).ts']}});
    const events = recordEvents(orchestrator);
    await orchestrator.submit({agentType: 'dev', files: ['x.y'], run}).result;
    expect(ofType(events, 'task.warned')).toEqual([]);
  });
});

test('a warning says what it is about, what it costs and what to do', () => {
  const rootless = {kind: 'rootless-glob', claim: '**/*.ts'} as const;
  expect(
    [
      {...rootless, conflicts: 7, compared: 9},
      {...rootless, conflicts: 0, compared: 1},
      {...rootless, conflicts: 0, compared: 0},
      {kind: 'widened', claim: '+(a).ts'} as const,
    ].map(describeWarning),
  ).toEqual([
    '**/*.ts is bounded by no folder, so it can meet the claims of any task, now those of 7 of 9 others; name a folder, as in src/**/*.ts',
    '**/*.ts is bounded by no folder, so it can meet the claims of any task, now those of 0 of 1 other; name a folder, as in src/**/*.ts',
    '**/*.ts is bounded by no folder, so it can meet the claims of any task; name a folder, as in src/**/*.ts',
    '+(a).ts is taken for more than it says: extended globs, ranges in braces and named classes are not looked into; list the files, or use *, ?, [...] and {a,b}',
  ]);
});

describe('the command line', () => {
  const plan = `tasks:
  - {id: glob, agent: dev, files: ["**/*.ts", "src/@(a)*.x"], description: "true"}
  - {id: one, agent: ops, files: [one.ts], description: "true"}
`;
  const warned = (text: string): readonly string[] =>
    text.split('\n').filter((line) => /is bounded by no folder|is taken for more/u.test(line));
  const cwd = (): string => folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': plan});

  test.each([
    ['a run', ['run', 'plan.yaml']],
    ['a dry run', ['run', 'plan.yaml', '--dry-run']],
  ])('shows each warning once in %s', async (_, args) => {
    const {code, stdout, stderr} = await runCli(args, {cwd: cwd()});
    expect(code).toBe(0);
    expect(warned(stdout + stderr)).toEqual([
      expect.stringMatching(/glob: src\/@\(a\)\*\.x is taken for more than it says/u),
      expect.stringMatching(/glob: \*\*\/\*\.ts is bounded by no folder, .* now those of 1 of 1 other;/u),
    ]);
  });

  test('has each warning as data once', async () => {
    const {stdout} = await runCli(['run', 'plan.yaml', '--json'], {cwd: cwd()});
    const objects = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as {type: string});
    expect(objects.filter(({type}) => type === 'task.warned')).toMatchObject([
      {taskId: 'glob', warning: {kind: 'widened'}},
      {taskId: 'glob', warning: {kind: 'rootless-glob', claim: '**/*.ts', conflicts: 1, compared: 1}},
    ]);
    const dry = await runCli(['run', 'plan.yaml', '--json', '--dry-run'], {cwd: cwd()});
    expect(JSON.parse(dry.stdout)).toMatchObject({
      type: 'dry-run',
      warnings: [
        {taskId: 'glob', warning: {kind: 'widened'}},
        {taskId: 'glob', warning: {kind: 'rootless-glob'}},
      ],
    });
  });

  test('shows them above the table that a terminal gets', async () => {
    const lines: string[] = [];
    const orchestrator = await startOrchestrator();
    const view = createRunView({
      orchestrator,
      json: false,
      quiet: false,
      now: () => performance.timeOrigin + performance.now(),
      terminal: {
        line: (text) => void lines.push(text),
        lastLine: () => {},
        errorLine: () => {},
        isTty: true,
        colors: pc.createColors(false),
        columns: () => 200,
        rows: () => 24,
        screen: Object.assign(new PassThrough().resume(), {columns: 200, rows: 24}) as never,
        flush: () => Promise.resolve(true),
        hide: () => {},
        isOver: false,
        failure: null,
      },
    });
    await orchestrator.submit({id: 'glob', agentType: 'dev', files: ['**/*.ts'], run}).result;
    view.stop();
    expect(warned(lines.join('\n'))).toHaveLength(1);
  });

  test('says nothing of it with -q, as of all that goes on', async () => {
    const {stdout, stderr} = await runCli(['run', 'plan.yaml', '-q'], {cwd: cwd()});
    expect(warned(stdout + stderr)).toEqual([]);
  });
});
