import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {folderWith, resultOf, runCli, startCli} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';

/** Each is in the environment, and somewhere else: in what a task is told, and in what it prints in some spelling. */
const CANARIES = Array.from({length: 50}, (_, i) => ({
  name: i % 2 === 0 ? `CANARY_${i}_TOKEN` : `CANARY_${i}`,
  value: `cänary-${i}-"q${'xyz/+&'[i % 6] ?? ''}-${(i * 7919).toString(36)}-end`,
}));
const NAMED = CANARIES.flatMap(({name}, i) => (i % 2 === 0 ? [] : [name]));

/** Prints a variable in several spellings, cut where lines and chunks end, on both outputs; and fails. */
const PRINTS = `
const value = process.env[process.argv[2]];
const spelled = [value, JSON.stringify(value), encodeURIComponent(value), Buffer.from('user:' + value).toString('base64')];
for (const one of spelled) {
  process.stdout.write(one.slice(0, 5));
  process.stderr.write('x ' + one + ' y\\n');
  process.stdout.write(one.slice(5) + '\\n');
}
process.exitCode = 3;
`;

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** What a text of this would be found by. */
const tracesOf = (value: string): readonly string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  JSON.stringify(JSON.stringify(value)).slice(3, -3),
  encodeURIComponent(value),
  Buffer.from(`user:${value}`).toString('base64').slice(8, -4),
];

test('no secret is in the journal, the logs or what is printed, in any spelling', {
  timeout: 120_000,
}, async () => {
  const tasks = CANARIES.map(({value}, i) => ({
    id: `t${i}`,
    agent: `a${i % 8}`,
    description: `Log in with ${value}`,
    files: [`f${i}`],
  }));
  const cwd = folderWith({
    'prints.mjs': PRINTS,
    'plan.json': JSON.stringify({tasks}),
    'disjoint.yaml': JSON.stringify({
      secrets: [...NAMED, 'SET_HERE'],
      maxParallel: 8,
      agents: Object.fromEntries(
        Array.from({length: 8}, (_, i) => [
          `a${i}`,
          {
            instances: 8,
            command: [
              'sh',
              '-c',
              'n=${DISJOINT_TASK#t}; [ $((n % 2)) = 1 ] || n=${n}_TOKEN; node prints.mjs "CANARY_$n"; echo "$SET_HERE"; exit 3',
            ],
            env: {set: {SET_HERE: 'set-by-the-agent-type'}},
          },
        ]),
      ),
    }),
  });
  const env = Object.fromEntries(CANARIES.map(({name, value}) => [name, value]));
  const {code, stdout, stderr} = await runCli(['run', 'plan.json', '--json'], {cwd, env});
  expect([code, stderr]).toEqual([1, '']);
  const written = filesBelow(path.join(cwd, '.disjoint')).map(
    (file) => [file, readFileSync(file, 'utf8')] as const,
  );
  expect(written.length).toBeGreaterThan(50);
  const all = [['stdout', stdout], ...written] as const;
  const values = [...CANARIES.map(({value}) => value), 'set-by-the-agent-type'];
  const found = all.flatMap(([where, text]) =>
    values.flatMap((value) =>
      tracesOf(value).flatMap((trace) => (text.includes(trace) ? [`${path.basename(where)}: ${trace}`] : [])),
    ),
  );
  expect(found.slice(0, 5)).toEqual([]);
  // They were printed, and each log says which it was.
  const logs = written.filter(([file]) => file.endsWith('.log'));
  expect(logs).toHaveLength(50);
  for (const [, text] of logs) expect(text).toMatch(/\[secret CANARY_\d+(?:_TOKEN)?\]/u);
  expect(stdout).toContain('[secret CANARY_0_TOKEN]');
  expect(stdout).toContain('[secret SET_HERE]');
});

test('what looks like a secret is not printed by an error either', async () => {
  const key = 'sk-ant-abcdefghij0123456789';
  const cwd = folderWith({'disjoint.yaml': 'agents: {dev: {}}\n'});
  const {stderr} = await runCli(['owner', `~/${key}`], {cwd, env: {MY_API_KEY: 'a-key-of-mine'}});
  expect(stderr).toMatch(/E_PATH_TILDE.*\[secret\]/u);
  const other = await runCli(['owner', '~/a-key-of-mine'], {cwd, env: {MY_API_KEY: 'a-key-of-mine'}});
  expect(other.stderr).toContain('[secret MY_API_KEY]');
});

test('a run that goes on after it was cut short tells its tasks what they were told before', async () => {
  const env = {LOGIN_TOKEN: 'hunter2-hunter2'};
  const description = 'use hunter2-hunter2 and not sk-abcdefghij0123456789';
  const cwd = folderWith({
    'plan.json': JSON.stringify({tasks: [{id: 'a', agent: 'dev', description, files: ['told.txt']}]}),
    'disjoint.yaml': JSON.stringify({
      agents: {
        dev: {
          command: [
            'sh',
            '-c',
            'printf "%s\\n" "$1" >> told.txt; until [ -e go ]; do sleep 0.1; done',
            'sh',
            '{prompt}',
          ],
        },
      },
    }),
  });
  const told = (): readonly string[] =>
    existsSync(path.join(cwd, 'told.txt'))
      ? readFileSync(path.join(cwd, 'told.txt'), 'utf8').trimEnd().split('\n')
      : [];
  const killed = startCli(['run', 'plan.json'], {cwd, env});
  const ended = resultOf(killed);
  await eventually('it runs', () => told().length === 1);
  killed.kill('SIGKILL');
  await ended;
  writeFileSync(path.join(cwd, 'go'), '');
  const next = await runCli(['run', 'plan.json'], {cwd, env});
  expect([next.code, next.stderr]).toEqual([
    0,
    expect.stringMatching(/cut short: a had not ended, and goes on/u),
  ]);
  // What has a name is put in again; what only looks like a secret was not kept.
  expect(told()).toEqual([description, 'use hunter2-hunter2 and not [secret]']);
});
