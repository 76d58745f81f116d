import {chmodSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {folderWith, runCli} from '../support/cli.ts';

/** A stand-in for an agent CLI: it says its version, and that it did what it was told. */
const FAKE_CLAUDE = `#!/bin/sh
[ "$1" = --version ] && echo "9.9.9 (Fake)" && exit
echo '{"type":"result","subtype":"success","is_error":false,"result":"did it"}'
`;

const withClaude = (): Readonly<Record<string, string>> => {
  const bin = folderWith({claude: FAKE_CLAUDE});
  chmodSync(path.join(bin, 'claude'), 0o755);
  return {PATH: `${bin}:${process.env['PATH'] ?? ''}`};
};

type Links = readonly (readonly [name: string, target: string])[];

const treeOf = (names: readonly string[], links: Links): string => {
  const cwd = folderWith(Object.fromEntries(names.map((name) => [name, ''])));
  for (const [name, target] of links) symlinkSync(target, path.join(cwd, name));
  return cwd;
};

/** Trees as people have them, and some that are made to fail. */
const TREES: readonly (readonly [what: string, names: readonly string[], links: Links])[] = [
  ['nothing in it', [], []],
  [
    'JavaScript',
    ['package.json', 'package-lock.json', 'src/a.ts', 'test/a.test.ts', 'README.md', 'vite.config.ts'],
    [],
  ],
  ['Python and a Makefile', ['pyproject.toml', 'Makefile', 'app/main.py', 'docs/index.rst'], []],
  [
    'nothing but files that make programs run',
    ['package.json', 'Makefile', 'AGENTS.md', '.github/ci.yml'],
    [],
  ],
  ['documentation alone', ['docs/a.md', 'README.md', 'README.MD', 'readme.md'], []],
  ['instructions that are links to each other', ['AGENTS.md', 'src/a.ts'], [['CLAUDE.md', 'AGENTS.md']]],
  [
    'documentation that is a link to the code',
    ['src/a.ts', 'src/README.md'],
    [
      ['docs', 'src'],
      ['README.md', 'src/README.md'],
    ],
  ],
  [
    'code that is a link to the documentation',
    ['docs/a.md', 'lib/a.ts'],
    [
      ['LICENSE', 'docs/LICENSE'],
      ['src', 'docs'],
    ],
  ],
  [
    'links that lead nowhere, outside and round',
    ['src/a.ts'],
    [
      ['gone', 'nothing'],
      ['out', '/'],
      ['round', 'round'],
    ],
  ],
  [
    'where code and documentation would be, links that lead outside',
    [],
    [
      ['src', '/'],
      ['test', '/'],
      ['docs', '/'],
    ],
  ],
];

describe('what init writes is accepted by doctor, and the tasks it proposes run', () => {
  test.each(TREES)('in a tree with %s', async (_, names, links) => {
    const cwd = treeOf(names, links);
    const env = withClaude();
    const init = await runCli(['init', '--json'], {cwd, env});
    expect(init).toMatchObject({code: 0, stderr: ''});
    const {agentTypes} = JSON.parse(init.stdout) as {agentTypes: readonly string[]};
    const doctor = await runCli(['doctor', '--json'], {cwd, env});
    const {checks} = JSON.parse(doctor.stdout) as {checks: readonly {name: string; status: string}[]};
    expect(checks.find(({name}) => name === 'config')).toMatchObject({status: 'ok'});
    const {code, stderr} = await runCli(['delegate', '-q', ...agentTypes.map((name) => `${name}: x`)], {
      cwd,
      env,
    });
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
  });
});

describe('agent types that own one file', () => {
  const config = (more = ''): string =>
    `${more}agents:\n  dev: {owns: ["src/**"]}\n  tester: {owns: ["**/*.test.ts"]}\n`;
  const SAYS =
    'E_OWNS_OVERLAP: the agent types dev and tester own src/** and **/*.test.ts, and so both src/x.test.ts';

  test.each([
    ['doctor', ['doctor'], 69],
    ['owner', ['owner', 'src/a.ts'], 65],
    ['delegate', ['delegate', 'dev src/a.ts: x'], 65],
  ])('are an error of %s, with both globs and a file', async (_, args, code) => {
    const result = await runCli(args, {cwd: folderWith({'disjoint.yaml': config()})});
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).toContain(SAYS);
  });

  test('are none with sharedOwnership: true, and both own it', async () => {
    const cwd = folderWith({'disjoint.yaml': config('sharedOwnership: true\n')});
    expect(await runCli(['owner', 'src/a.test.ts'], {cwd})).toMatchObject({
      code: 0,
      stdout: 'src/a.test.ts is owned by dev, tester\n',
    });
  });

  test('are an error where a link makes one folder of two', async () => {
    const cwd = folderWith({
      'src/a.ts': '',
      'disjoint.yaml': 'agents: {dev: {owns: [src/]}, ops: {owns: [lib/]}}\n',
    });
    symlinkSync('src', path.join(cwd, 'lib'));
    const {code, stderr} = await runCli(['owner', 'src/a.ts'], {cwd});
    expect(code).toBe(65);
    expect(stderr).toContain(
      'E_OWNS_OVERLAP: the agent types dev and ops own src/ and lib/, and so both src/x',
    );
  });
});

describe('disjoint owner', () => {
  test('follows links, and takes folders and globs', async () => {
    const cwd = folderWith({
      'src/a.ts': '',
      'docs/a.md': '',
      'disjoint.yaml': 'agents: {dev: {owns: [src/]}, writer: {owns: ["docs/*.md"]}}\n',
    });
    symlinkSync('src', path.join(cwd, 'link'));
    symlinkSync('/', path.join(cwd, 'out'));
    const owners = async (claim: string): Promise<unknown> => {
      const {stdout} = await runCli(['owner', claim, '--json'], {cwd});
      return (JSON.parse(stdout) as {owners: unknown}).owners;
    };
    expect(await owners('link/new.ts')).toEqual(['dev']);
    expect(await owners('SRC/a.ts')).toEqual(['dev']);
    expect(await owners('docs/')).toEqual(['writer']);
    expect(await owners('**/*.md')).toEqual(['dev', 'writer']);
    expect(await owners('docs/deep/a.md')).toEqual([]);
    expect(await owners('./')).toEqual(['dev', 'writer']);
    expect(await runCli(['owner', 'out/x'], {cwd})).toMatchObject({code: 65, stdout: ''});
  });
});
