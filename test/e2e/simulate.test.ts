import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import type {SimulatedPlan} from '../../src/index.ts';
import {folderWith, runCli, SHELL_CONFIG} from '../support/cli.ts';

const PLAN = `tasks:
  - {id: wide, agent: dev, files: ["src/**"], estimate: 20m, description: "touch ran"}
  - {id: small, agent: ops, files: [src/a.ts], estimate: 10m, description: "touch ran"}
  - {id: look, agent: reader, dependsOn: [small], description: "touch ran"}
`;

const project = (plan = PLAN): string => folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': plan});

describe('disjoint simulate', () => {
  test('shows when each task would run and what would help, and starts nothing', async () => {
    const cwd = project();
    const {code, stdout, stderr} = await runCli(['simulate', 'plan.yaml'], {cwd});
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(stdout).toContain('3 tasks would take 45m 00s, at most 1 at once');
    expect(stdout).toContain('narrowing src/** of wide to the files its siblings do not claim saves 20m 00s');
    expect(stdout).toContain('taken to last 15m 00s, the median of the others: look.');
    expect(stdout).not.toContain('\u001B');
    for (const line of stdout.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
    expect(existsSync(path.join(cwd, 'ran'))).toBe(false);
    expect(existsSync(path.join(cwd, '.disjoint'))).toBe(false);
  });

  test('prints one object with --json', async () => {
    const {code, stdout} = await runCli(['simulate', 'plan.yaml', '--json'], {cwd: project()});
    expect(code).toBe(0);
    const plan: SimulatedPlan = JSON.parse(stdout);
    const minutes = (n: number): number => n * 60_000;
    expect(plan).toMatchObject({
      type: 'plan.simulated',
      makespanMs: minutes(45),
      lowerBoundMs: minutes(30),
      lowerBoundBy: 'file src/a.ts',
      attempts: [
        {task: 'wide', agent: 'dev', startMs: 0, endMs: minutes(20)},
        {task: 'small', agent: 'ops', startMs: minutes(20), endMs: minutes(30)},
        {task: 'look', agent: 'reader', startMs: minutes(30), endMs: minutes(45)},
      ],
      assumedFor: ['look'],
      assumedMs: minutes(15),
    });
    expect(plan.advice).toEqual([
      {
        change: {kind: 'narrow-claims', tasks: ['wide'], claims: ['src/**']},
        savesMs: minutes(20),
        text: 'narrowing src/** of wide to the files its siblings do not claim saves 20m 00s',
      },
      {
        change: {kind: 'drop-dependency', task: 'look', dependency: 'small'},
        savesMs: minutes(15),
        text: 'starting look without waiting for small saves 15m 00s',
      },
    ]);
  });

  test('keeps to --max-parallel, and prints no chart with --quiet', async () => {
    const plan = `tasks:
  - {id: a, agent: dev, files: [a], estimate: 10s, description: "x"}
  - {id: b, agent: ops, files: [b], estimate: 10s, description: "x"}
`;
    const args = ['simulate', 'plan.yaml', '--max-parallel', '1', '-q'];
    const {stdout} = await runCli(args, {cwd: project(plan)});
    expect(stdout).toBe(
      [
        '2 tasks would take 20.0s, at most 1 at once',
        '  one by one   20.0s',
        '  at best      20.0s, bound by the limit of 1 at once',
        '',
        'What would make it shorter, each alone:',
        '  maxParallel: 2 saves 10.0s',
        '',
      ].join('\n'),
    );
  });

  test('draws a picture with --svg', async () => {
    const cwd = project();
    const {code, stdout} = await runCli(['simulate', 'plan.yaml', '--svg', 'plan.svg'], {cwd});
    expect(code).toBe(0);
    expect(stdout).toContain('Drawn in plan.svg');
    const svg = readFileSync(path.join(cwd, 'plan.svg'), 'utf8');
    for (const task of ['wide', 'small', 'look']) expect(svg).toContain(`<title>${task}</title>`);
    expect(svg).toContain('3 tasks would take 45m 00s');
  });

  test('says what is wrong with what it is given', async () => {
    const unknownAgent = PLAN.replace('agent: ops', 'agent: nobody');
    const cases: readonly (readonly [string, readonly string[], number, string])[] = [
      [PLAN, ['no-such.yaml'], 65, 'no-such.yaml'],
      [PLAN, [], 64, 'E_ARG_MISSING'],
      [PLAN, ['plan.yaml', '--max-parallel', '0'], 64, 'E_ARG_RANGE'],
      [PLAN, ['plan.yaml', '--svg'], 64, 'E_ARG_MISSING'],
      [PLAN, ['plan.yaml', '--svg', 'no/such/folder.svg'], 74, 'E_IO'],
      [unknownAgent, ['plan.yaml'], 65, 'E_AGENT_UNKNOWN'],
      [PLAN.replace('20m', 'soon'), ['plan.yaml'], 65, 'estimate'],
    ];
    for (const [plan, args, code, text] of cases) {
      const result = await runCli(['simulate', ...args], {cwd: project(plan)});
      expect({args, code: result.code, stdout: result.stdout}).toEqual({args, code, stdout: ''});
      expect(result.stderr).toContain(text);
    }
  });
});
