import {type ChildProcess, spawn} from 'node:child_process';
import {linkSync, mkdirSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {ClaimError, type ClaimInput, overlap, parseClaim} from '../../src/index.ts';
import {type CliResult, folderWith, resultOf, runCli} from '../support/cli.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** A tree with a folder, a link to it, a file with two names, and a link that leads outside. */
const tree = (): string => {
  const root = folderWith({'src/a.ts': '', 'src/deep/b.ts': '', 'docs/a.md': ''});
  symlinkSync('src', path.join(root, 'link'));
  symlinkSync('/', path.join(root, 'outside'));
  linkSync(path.join(root, 'src/a.ts'), path.join(root, 'hard.ts'));
  return root;
};

const asked = (args: readonly string[], cwd: string): Promise<CliResult> =>
  runCli(['overlap', ...args], {cwd});

/** Starts the command with a stdin that the test writes to. */
const startStdin = (cwd: string, args: readonly string[] = []): ChildProcess =>
  spawn(process.execPath, [CLI, 'overlap', '--stdin', ...args], {cwd, stdio: ['pipe', 'pipe', 'pipe']});

const answersTo = async (
  input: string | Buffer,
  cwd: string = temporaryFolder(),
  args: readonly string[] = [],
): Promise<readonly unknown[]> => {
  const child = startStdin(cwd, args);
  const result = resultOf(child);
  child.stdin?.end(input);
  const {code, stdout, stderr} = await result;
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  return stdout === ''
    ? []
    : stdout
        .replace(/\n$/u, '')
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
};

const question = (a: unknown, b: unknown): string => `${JSON.stringify({a, b})}\n`;

describe('the answer for people', () => {
  const DIFFERS =
    '  differs  yes on APFS, HFS+, NTFS, exFAT, ext4 with casefold; no on ZFS with formKC, ext4; yes is the safe answer';
  const cases: readonly (readonly [a: string, b: string, ...lines: string[]])[] = [
    [
      'a.ts',
      'A.ts',
      'yes: a.ts and A.ts can be one path',
      '  rule     same-path',
      '  example  a.ts',
      DIFFERS,
    ],
    [
      'link/a.ts',
      'src/a.ts',
      'yes: link/a.ts and src/a.ts lead to src/a.ts, through symbolic links',
      '  rule     link',
      '  example  src/a.ts',
    ],
    ['a.ts', 'b.ts', 'no: a.ts and b.ts have no path in common', '  rule     different-paths'],
  ];
  test.each(cases)('on %s and %s', async (a, b, ...lines) => {
    const {code, stdout, stderr} = await asked([a, b], tree());
    expect(stdout.trimEnd().split('\n')).toEqual(lines);
    expect({code, stderr}).toEqual({code: lines[0]?.startsWith('yes') === true ? 0 : 1, stderr: ''});
  });

  test('has no control characters, whatever the claims hold', async () => {
    const {code, stdout, stderr} = await asked(['a\u001b[31m', 'b'], temporaryFolder());
    expect({code, stdout}).toEqual({code: 65, stdout: ''});
    expect(stderr).toMatch(/^disjoint: E_PATH_CONTROL: claim "a\\u\{1b\}\[31m" .*\n$/u);
  });
});

describe('the answer as data', () => {
  test('is one object with all that people are told', async () => {
    const cwd = tree();
    const {code, stdout} = await asked(['SRC/', 'src/a.ts', '--json'], cwd);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      overlap: true,
      rule: 'directory-covers',
      example: expect.stringMatching(/^src\/a\.ts$/iu),
      reason: 'src/a.ts lies in SRC',
      differs: {meet: expect.arrayContaining(['APFS', 'NTFS']), apart: expect.arrayContaining(['ext4'])},
    });
    const no = await asked(['a', 'b', '--json'], cwd);
    expect(no.code).toBe(1);
    expect(JSON.parse(no.stdout)).toEqual({
      overlap: false,
      rule: 'different-paths',
      example: null,
      reason: 'a and b have no path in common',
    });
  });

  test('of a refusal is an error, and the exit code 65', async () => {
    const {code, stdout, stderr} = await asked(['outside/etc', 'a', '--json'], tree());
    expect({code, stdout}).toEqual({code: 65, stdout: ''});
    expect(JSON.parse(stderr)).toMatchObject({error: {code: 'E_PATH_ESCAPE'}});
  });
});

describe('a question that is none', () => {
  test.each([
    ['without claims', [], 'E_ARG_MISSING'],
    ['with one claim', ['a'], 'E_ARG_MISSING'],
    ['with three claims', ['a', 'b', 'c'], 'E_ARG_UNEXPECTED'],
    ['with claims beside --stdin', ['--stdin', 'a'], 'E_ARG_UNEXPECTED'],
    ['with a policy that is none', ['--policy', 'exact', 'a', 'b'], 'E_ARG_VALUE'],
  ])('%s is a usage error', async (_, args, code) => {
    const result = await asked(args, temporaryFolder());
    expect(result).toMatchObject({code: 64, stdout: ''});
    expect(result.stderr).toMatch(new RegExp(`^disjoint: ${code}: .+\\n$`, 'u'));
  });

  test('about a repository that is not there exits 65', async () => {
    expect(await asked(['--repo', 'nowhere', 'a', 'b'], temporaryFolder())).toMatchObject({
      code: 65,
      stdout: '',
    });
  });
});

describe('the repository and its policy', () => {
  test('--repo says whose links and directories count', async () => {
    const [repo, elsewhere] = [tree(), temporaryFolder()];
    expect((await asked(['link/a.ts', 'src/a.ts'], elsewhere)).code).toBe(1);
    expect((await asked(['--repo', repo, 'link/a.ts', 'src/a.ts'], elsewhere)).code).toBe(0);
    expect(await answersTo(question('link/a.ts', 'src/a.ts'), elsewhere, ['--repo', repo])).toMatchObject([
      {overlap: true, rule: 'link'},
    ]);
  });

  test('from a folder below, claims are relative to the root all the same', async () => {
    const repo = tree();
    mkdirSync(path.join(repo, '.git'));
    expect((await asked(['link/a.ts', 'src/a.ts'], path.join(repo, 'src/deep'))).code).toBe(0);
    expect((await asked([`${repo}/src/a.ts`, 'src/a.ts'], path.join(repo, 'src/deep'))).code).toBe(0);
  });

  test('--policy native asks this volume, and says where the answer would be another', async () => {
    const cwd = temporaryFolder();
    const {code, stdout} = await asked(['--policy', 'native', 'Fi.ts', 'fi.ts'], cwd);
    const portable = await asked(['Fi.ts', 'fi.ts'], cwd);
    expect(portable.code).toBe(0);
    if (process.platform !== 'linux') return;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}differs {2}yes on APFS, .*; no on .*ext4; this volume was asked$/mu);
    expect(await answersTo(question('Fi.ts', 'fi.ts'), cwd, ['--policy', 'native'])).toMatchObject([
      {overlap: false},
    ]);
  });

  test('the policy of the project counts where none is given', async () => {
    if (process.platform !== 'linux') return;
    const cwd = folderWith({'disjoint.yaml': 'pathPolicy: native\nagents: {dev: {}}\n'});
    expect((await asked(['a', 'A'], cwd)).code).toBe(1);
    expect((await asked(['a', 'A', '--policy', 'portable'], cwd)).code).toBe(0);
    // With a configuration that is not valid, the question is still answered.
    const answer = await asked(['a', 'A'], folderWith({'disjoint.yaml': 'nonsense: 1\n'}));
    expect(answer.code).toBe(0);
    expect(answer.stderr).toMatch(
      /^disjoint: names are compared by the portable rules, as disjoint\.yaml is not valid: disjoint\.yaml:1:1: .*nonsense/u,
    );
  });
});

/** Pairs in every form that a claim can have, with what is wanted of them in the tree above. */
const TABLE: readonly (readonly [a: unknown, b: unknown, wanted: boolean | string])[] = [
  ['src/', 'src/a.ts', true],
  ['src', 'src/a.ts', true],
  ['src/a.ts', 'src/b.ts', false],
  ['SRC/A.TS', 'src/a.ts', true],
  ['src/*.ts', {glob: 'src/{a,b}.*'}, true],
  [{glob: 'src/[a-c].ts'}, {path: 'src/d.ts'}, false],
  [{rename: ['x.ts', 'src/a.ts']}, 'src/', true],
  [{rename: ['x.ts', 'y.ts']}, 'src/', false],
  [{rename: ['x.ts', 'y.ts']}, {rename: ['z.ts', 'y.ts']}, true],
  [{readOnly: true}, './', false],
  ['link/a.ts', 'src/a.ts', true],
  ['link/deep/*.ts', 'src/deep/', true],
  ['hard.ts', 'src/a.ts', true],
  ['hard.ts', 'src/deep/b.ts', false],
  ['{ROOT}/src/a.ts', 'src/a.ts', false],
  ['{ROOT}', '{root}', true],
  ['__proto__', 'constructor', false],
  [{path: 'what*'}, 'whatever', false],
  ['../x', 'a', 'E_PATH_ESCAPE'],
  ['a', '.git/config', 'E_PATH_GITDIR'],
  ['outside/x', 'a', 'E_PATH_ESCAPE'],
  ['', 'a', 'E_PATH_EMPTY'],
  [1, 'a', 'E_PATH_TYPE'],
  ['a', null, 'E_PATH_TYPE'],
  [['a'], 'a', 'E_PATH_TYPE'],
  [{path: 'a', glob: 'b'}, 'a', 'E_PATH_TYPE'],
  [{readOnly: false}, 'a', 'E_PATH_TYPE'],
];

const codeOf = (ask: () => unknown): unknown => {
  try {
    return ask();
  } catch (error) {
    if (error instanceof ClaimError) return error.code;
    throw error;
  }
};

/** What --stdin answers where this is wanted and the library answers as it does. */
const lineFor = (wanted: boolean | string, ask: () => {rule: string; example: string | null}): object => {
  if (typeof wanted === 'string') {
    return {overlap: 'reject', code: wanted, message: expect.stringMatching(/^claim /u)};
  }
  const {example, rule} = ask();
  return {overlap: wanted, ...(example !== null && {example}), rule};
};

describe('the same answer', () => {
  test('is given by the library and by --stdin, for every form of a claim', async () => {
    const root = tree();
    const lines = await answersTo(TABLE.map(([a, b]) => question(a, b)).join(''), root);
    for (const [i, [a, b, wanted]] of TABLE.entries()) {
      const pair = [a as ClaimInput, b as ClaimInput] as const;
      const ask = () => overlap(...pair, {root});
      const found = codeOf(() => ask().overlap);
      expect([a, b, found]).toEqual([a, b, wanted]);
      expect([a, b, codeOf(() => overlap(pair[1], pair[0], {root}).overlap)]).toEqual([a, b, wanted]);
      expect([a, b, lines[i]]).toEqual([a, b, lineFor(wanted, ask)]);
    }
  });

  test('is given by the command, for what can be written on a command line', async () => {
    const root = tree();
    // One of each rule and each refusal: a process is slow.
    const seen = new Set<unknown>();
    const pairs = TABLE.flatMap(([a, b, wanted]) => {
      if (typeof a !== 'string' || typeof b !== 'string') return [];
      const kind = typeof wanted === 'string' ? wanted : overlap(a, b, {root}).rule;
      return seen.has(kind) ? [] : (seen.add(kind), [[a, b, wanted] as const]);
    });
    expect(pairs.length).toBeGreaterThan(6);
    for (const [a, b, wanted] of pairs) {
      const {code} = await asked([a, b], root);
      expect([a, b, code]).toEqual([a, b, wanted === true ? 0 : wanted === false ? 1 : 65]);
    }
  });

  test('of the library has what the command says, in the words of the command', async () => {
    const root = tree();
    const {stdout} = await asked(['link/a.ts', 'SRC/', '--json'], root);
    const {differs, ...answer} = overlap('link/a.ts', 'SRC/', {root});
    expect(JSON.parse(stdout)).toEqual({...answer, ...(differs !== null && {differs})});
  });

  test('is given by parseClaim, as far as it refuses', () => {
    const root = tree();
    for (const [a, b, wanted] of TABLE) {
      const parse = (): unknown => [a, b].map((claim) => parseClaim(claim as ClaimInput, {root}).length);
      expect([a, b, typeof wanted === 'string' ? codeOf(parse) : wanted]).toEqual([a, b, wanted]);
    }
  });

  test('of the library looks at no disk without a root', () => {
    expect(overlap('link/a.ts', 'src/a.ts').overlap).toBe(false);
    expect(codeOf(() => parseClaim('/etc'))).toBe('E_PATH_ESCAPE');
    expect(parseClaim({rename: ['a', 'b/']}).map(({kind, text}) => [kind, text])).toEqual([
      ['path', 'a'],
      ['directory', 'b/'],
    ]);
    expect(parseClaim({readOnly: true})).toEqual([]);
  });
});

describe('lines on stdin', () => {
  const YES = {overlap: true, example: 'a', rule: 'same-path'};
  const NONE = {
    overlap: 'reject',
    code: 'E_LINE',
    message: 'the line is no JSON object such as {"a": "src/", "b": "src/a.ts"}',
  };
  const ask = question('a', 'a');

  test('are answered in order, also those that ask nothing', async () => {
    const input = [ask, '\n', 'nonsense\n', '[]\n', 'null\n', '{"a":"a"}\n', '"a"\n', ask].join('');
    const half = {...NONE, message: 'the line has "a" and no "b": it takes two claims'};
    expect(await answersTo(input)).toEqual([YES, NONE, NONE, NONE, NONE, half, NONE, YES]);
  });

  test('may begin with a byte order mark', async () => {
    expect(await answersTo(`\uFEFF${ask}${ask}`)).toEqual([YES, YES]);
    expect(await answersTo(`${ask}\uFEFF${ask}`)).toEqual([YES, NONE]);
  });

  test('may be none, end with CRLF, or not at all', async () => {
    expect(await answersTo('')).toEqual([]);
    expect(await answersTo(`${ask.replace('\n', '\r\n')}\r\n${ask.trimEnd()}`)).toEqual([YES, NONE, YES]);
  });

  test('may hold more than is asked for', async () => {
    expect(await answersTo('{"id":1,"a":"a","b":"a","__proto__":{"a":"x"}}\n')).toEqual([YES]);
    expect(await answersTo('{"__proto__":{"a":"a","b":"a"}}\n')).toEqual([NONE]);
  });

  test('that are too long or no UTF-8 are refused, and the next one is answered', async () => {
    const unreadable = {...NONE, message: 'the line is longer than 1 MiB, or no UTF-8'};
    const long = question('a'.repeat(2 * 1024 * 1024), 'a');
    expect(await answersTo(long + ask)).toEqual([unreadable, YES]);
    const broken = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('","b":"a"}\n')]);
    expect(await answersTo(Buffer.concat([broken, Buffer.from(ask)]))).toEqual([unreadable, YES]);
  });

  test('are answered as they come: a program can ask, read the answer, and ask again', async () => {
    const cwd = temporaryFolder();
    const child = startStdin(cwd);
    const result = resultOf(child);
    const next = (): Promise<string> =>
      new Promise((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    const first = next();
    child.stdin?.write(question('link/a', 'real/a'));
    expect(JSON.parse(await first)).toMatchObject({overlap: false});
    // What has changed on the disk meanwhile counts.
    mkdirSync(path.join(cwd, 'real'));
    symlinkSync('real', path.join(cwd, 'link'));
    const second = next();
    child.stdin?.write(question('link/a', 'real/a'));
    expect(JSON.parse(await second)).toMatchObject({overlap: true, rule: 'link'});
    child.stdin?.end();
    expect((await result).code).toBe(0);
  });

  test('are all answered where a slow reader takes them', {timeout: 120_000}, async () => {
    const count = 100_000;
    const child = startStdin(temporaryFolder());
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end(Array.from({length: count}, (_, i) => question(`${i}`, `${i}`)).join(''));
    let text = '';
    let pieces = 0;
    for await (const chunk of child.stdout ?? []) {
      text += String(chunk);
      // Every so often nothing is taken for a while, so that the pipe is full and the program has to wait.
      if (++pieces % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await ended).toBe(0);
    const examples = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as {example: string}).example);
    expect(examples.length).toBe(count);
    expect(examples.findIndex((example, i) => example !== `${i}`)).toBe(-1);
  });

  test('are read no further when the reader of the answers has gone away', async () => {
    const child = startStdin(temporaryFolder());
    const result = resultOf(child);
    // An input without an end: only the program itself can end this.
    const many = ask.repeat(1_000);
    const feed = (): void => {
      while (child.stdin?.write(many) === true);
    };
    child.stdin?.on('error', () => {});
    child.stdin?.on('drain', feed);
    feed();
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await result).toMatchObject({code: 0, stderr: ''});
    child.stdin?.destroy();
  });

  test('are answered at 10,000 a second or more', {timeout: 120_000}, async () => {
    const cwd = tree();
    /** What people ask about: the same claims again and again, and each seventh line one that nobody asked about yet. */
    const claims: readonly ClaimInput[] = [
      'src/**',
      'src/a.ts',
      {glob: 'docs/{a,b}*.md'},
      'link/x.ts',
      '**/*.ts',
      {glob: 'packages/{api,web,core}/src/**/*.{ts,tsx,js,jsx}'},
    ];
    const lines = 50_000;
    const input = Array.from({length: lines}, (_, i) =>
      question(
        claims[i % claims.length],
        i % 7 === 0 ? {glob: `lib/${i}/*.{ts,tsx}`} : i % 3 === 0 ? `lib/${i}/x.ts` : claims[(i >> 3) % 6],
      ),
    ).join('');
    const timeOf = async (run: () => Promise<unknown>): Promise<number> => {
      const startedAt = performance.now();
      await run();
      return performance.now() - startedAt;
    };
    const startUp = Math.min(
      await timeOf(() => runCli(['--version'], {cwd})),
      await timeOf(() => runCli(['--version'], {cwd})),
    );
    const whole = await timeOf(async () => expect((await answersTo(input, cwd)).length).toBe(lines));
    process.stdout.write(
      `overlap --stdin: ${lines} lines in the time of ${(whole / startUp).toFixed(1)} starts\n`,
    );
    // A start takes 0.15 to 0.3 s, so 5 s are 17 to 33 of them. Quiet it is 10 or so.
    expect(whole / startUp).toBeLessThan(25);
  });
});
