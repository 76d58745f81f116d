import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput} from '../../src/core/claim/claim.ts';
import {answerOverlap, explainOverlap} from '../../src/core/claim/explain.ts';
import {FILE_SYSTEMS} from '../../src/core/claim/file-systems.ts';
import {EXACT} from '../../src/core/claim/fold.ts';
import type {Look} from '../../src/core/claim/look.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {claimOf} from '../support/claim-of.ts';
import {leastMs} from '../support/processor-time.js';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

describe('names as they are written', () => {
  test.each<readonly [ClaimInput, ClaimInput]>([
    // A class that leaves lower case out holds upper case, on a disk that tells them apart.
    ['src/[!a-z]*.tsx', 'src/Button.tsx'],
    ['[!a-z]*.tsx', '[A-C]*.tsx'],
    // A sigma at the end of a word is another letter in lower case, and a pattern ends words.
    [{glob: 'ΜΕΡΟΣ*.md'}, 'ΜΕΡΟΣ.md'],
    ['*Σ', 'ΛΟΓΟΣ'],
    ['ΛΟΓΟΣ*', 'ΛΟΓΟΣΑ'],
    ['?stanbul.md', 'İstanbul.md'],
    ['?.md', 'ß.md'],
    ['a?', 'a.'],
  ])('%j covers %j, by the portable rules as by the exact ones', (a, b) => {
    for (const rules of [undefined, EXACT]) {
      const [one, other] = [a, b].map((input) => claimOf(input, rules === undefined ? {} : {rules}));
      expect(one !== undefined && other !== undefined && overlap(one, other)).toBe(true);
    }
  });

  test('are compared folded, too: a sigma is one sigma', () => {
    // The sharp s needs the rules under which a sigma would end a word.
    expect(overlap(claimOf({glob: 'ßΜΕΡΟΣ*'}), claimOf('SSμεροσα'))).toBe(true);
    expect(overlap(claimOf({glob: 'ßΛΟΓΟΣ?.md'}), claimOf('ssλογοσα.md'))).toBe(true);
    expect(overlap(claimOf({glob: 'ΜΕΡΟΣ.*'}), claimOf('μερος.md'))).toBe(true);
  });

  test.each<readonly [ClaimInput, ClaimInput]>([
    // The class stands for README.md as it is written, which is readme.md where case is none.
    ['[!a-z]*.md', 'readme.md'],
    [{glob: '[!A-Z]*.md'}, 'README.md'],
    [{glob: '[!a]'}, 'a'],
    [{glob: '[!kK]'}, 'k'],
    [{glob: '[!é].md'}, 'é.md'],
    [{glob: '[!日].md'}, '月.md'],
    // Names that fold to another length, in another case.
    ['?.MD', 'ß.md'],
    ['Brand?.md', 'brand™.md'],
    [{glob: '?SS.md'}, '™ß.md'],
    // One letter or two, as a file system keeps it.
    ['??.md', 'é.md'],
    ['?.md', 'e\u0301.md'],
    ['e*.md', 'é.md'],
    [{glob: '[éà].md'}, 'e\u0301.md'],
    [{glob: '[ab].MD'}, 'A.md'],
    ['*.ts.', 'x.ts'],
    ['a*. ', 'a1'],
  ])('of which one is the other on some file system: %j and %j', (a, b) => {
    expect(overlap(claimOf(a), claimOf(b))).toBe(true);
    expect(explainOverlap(claimOf(a), claimOf(b)).differs?.meet).not.toEqual([]);
  });

  test.each<readonly [ClaimInput, ClaimInput]>([
    [{glob: '[!aA]'}, 'a'],
    [{glob: '[!aA]x'}, 'Ax'],
    ['src/[!_]*.ts', 'src/_private.ts'],
    [{glob: '[!0-9]*'}, '7.md'],
    [{glob: '[éà].md'}, 'ex.md'],
    [{glob: '[é]'}, 'e'],
    [{glob: '[!日].md'}, '日.md'],
    // Only with the one read without case, and the other with compatible characters and case.
    [{glob: '?F?'}, 'ßﬁ'],
    ['??.ts', 'a.ts'],
    ['ab?', 'ab'],
    ['?.md', 'ss.md'],
  ])('that are apart everywhere: %j and %j', (a, b) => {
    expect(overlap(claimOf(a), claimOf(b))).toBe(false);
    expect(explainOverlap(claimOf(a), claimOf(b)).differs).toBe(null);
  });

  test(
    'meet by the portable rules wherever they meet on any file system',
    () => {
      const letters = Array.from('aAsK.éeß™ﬁΣςı*?').concat('\u0301', 'x\u200d');
      const patterns = ['[!a]', '[a-é]', '[!A-Z]', '[ßx]', '[é]', '{a,É}', '{s,ss}'];
      const part = fc.constantFrom(...letters, ...patterns);
      const name = fc.array(part, {minLength: 1, maxLength: 5}).map((parts) => parts.join(''));
      const tally = new Tally();
      const tries = runs(3_000);
      fc.assert(
        fc.property(name, name, fc.constantFrom(...FILE_SYSTEMS), (a, b, {rules}) => {
          const [one, other] = [parseClaim({glob: a}), parseClaim({glob: b})];
          const [left, right] = [parseClaim({glob: a}, {rules}), parseClaim({glob: b}, {rules})];
          if (!one.ok || !other.ok || !left.ok || !right.ok) return;
          const meet = overlap(left.value[0]!, right.value[0]!);
          const portable = overlap(one.value[0]!, other.value[0]!);
          tally.tell(portable ? 'meet' : 'apart');
          expect([a, b, meet && !portable]).toEqual([a, b, false]);
          const {differs} = explainOverlap(one.value[0]!, other.value[0]!);
          expect([a, b, portable || differs === null]).toEqual([a, b, true]);
        }),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {meet: 0.1, apart: 0.3})).toEqual([]);
    },
    patienceMs,
  );

  test('count behind a link, and below a directory with two names, too', () => {
    const seen = (segments: readonly string[], ids: readonly string[]): Look => ({
      kind: 'inside',
      segments,
      ids,
      links: [],
      exists: true,
      isDirectory: true,
    });
    const looks: Readonly<Record<string, Look>> = {
      link: seen(['real'], ['1:1']),
      mnt: seen(['mnt'], ['1:1']),
      'real/ßß.ts': seen(['real', 'ßß.ts'], ['1:1']),
      'mnt/ßß.ts': seen(['mnt', 'ßß.ts'], ['1:1']),
    };
    const look = (path: string): Look | undefined => looks[path];
    const file = claimOf('real/ßß.ts', {look});
    expect(overlap(claimOf({glob: 'link/?ß.ts'}, {look}), file)).toBe(true);
    expect(overlap(claimOf({glob: 'mnt/?ß.ts'}, {look}), file)).toBe(true);
    expect(overlap(claimOf({glob: 'link/?ß.ts'}, {look}), claimOf('mnt/ßß.ts', {look}))).toBe(true);
  });
});

describe('a name behind brackets', () => {
  test.each([
    ['[.]git/hooks/pre-commit', 'E_PATH_GITDIR'],
    ['.gi[t]/hooks/x', 'E_PATH_GITDIR'],
    ['[.]disjoint/x', 'E_PATH_STATE'],
    ['con[.]txt', 'E_PATH_RESERVED'],
    ['[.][.]/x', 'E_PATH_CONFUSABLE'],
  ])('%s is refused like the name itself', (glob, code) => {
    const parsed = parseClaim({glob});
    expect(parsed.ok ? 'accepted' : parsed.failure.code).toBe(code);
  });

  test('is no named class', () => {
    expect(claimOf({glob: '[.]env/[.]x'}).widened).toBe(false);
    expect(claimOf({glob: 'a[[:alpha:]]'}).widened).toBe(true);
  });
});

describe('what tools read in several ways is held in all of them', () => {
  test.each<readonly [ClaimInput, ClaimInput]>([
    ['src/[{]x}*.ts', 'src/{x}1.ts'],
    [{glob: 'src/[{]x}.ts'}, {path: 'src/{x}.ts'}],
    [{glob: 'src/{a,[b,c]}*.ts'}, 'src/b1.ts'],
    [{glob: 'src/{a,[b,c]}*.ts'}, 'src/c1.ts'],
    [{glob: '[a/]x.ts'}, 'ax.ts'],
    [{glob: 'src/[a/]x.ts'}, 'src/ax.ts'],
    [{glob: 'src/[a/]x.ts'}, {path: 'src/[a/]x.ts'}],
    [{glob: '!(a)/x'}, 'b/x'],
    [{glob: '{a/b}/x'}, '{a/b}/x'],
    [{glob: '[^]a]'}, 'b'],
    [{glob: 'src\\a*'}, 'src/ab'],
  ])('%j and %j', (a, b) => {
    expect(overlap(claimOf(a), claimOf(b))).toBe(true);
  });

  test.each([
    ['{/etc/passwd,y}', 'E_GLOB_ABSOLUTE'],
    ['{y,/etc/*}', 'E_GLOB_ABSOLUTE'],
    ['{~/x,y}', 'E_PATH_TILDE'],
    ['!a/*', 'E_PATH_NEGATION'],
  ])('%s is refused', (glob, code) => {
    const parsed = parseClaim({glob});
    expect(parsed.ok ? 'accepted' : parsed.failure.code).toBe(code);
  });

  test('an alternative of which nothing is left is none', () => {
    expect(overlap(claimOf({glob: '{,src}/x'}), claimOf('x'))).toBe(true);
    expect(overlap(claimOf({glob: '{,src}/x'}), claimOf('src/x'))).toBe(true);
  });

  test('the names before the first pattern are looked at as they are meant', () => {
    const asked: string[] = [];
    const look = (path: string): undefined => {
      asked.push(path);
    };
    for (const glob of ['[e]tc/*', 'l[k]/*', 'a]/*.ts', 'src/{a,b}/c*']) parseClaim({glob}, {look});
    expect(asked).toEqual(['etc', 'lk', 'a]', 'src/a', 'src/b']);
    const outside: Look = {kind: 'outside', target: '/etc'};
    const parsed = parseClaim({glob: '[e]tc/*'}, {look: (path) => (path === 'etc' ? outside : undefined)});
    expect(parsed.ok ? 'accepted' : parsed.failure.code).toBe('E_PATH_ESCAPE');
  });

  test('so is a bare string as it is written, where the disk has something of that name', () => {
    const seen = (segments: readonly string[], isDirectory: boolean, ids: readonly string[] = []): Look => ({
      kind: 'inside',
      segments,
      ids,
      links: [],
      exists: true,
      isDirectory,
    });
    const looks: Readonly<Record<string, Look>> = {
      'what*': seen(['what*'], true),
      'l?/x': seen(['app', 'x'], false),
      'q?.md': seen(['q?.md'], false, ['1:7']),
      'r.md': seen(['r.md'], false, ['1:7']),
      'o*': {kind: 'outside', target: '/etc'},
    };
    const look = (path: string): Look | undefined => looks[path];
    const meet = (a: ClaimInput, b: ClaimInput): boolean => overlap(claimOf(a, {look}), claimOf(b, {look}));
    expect(meet('what*', {path: 'what*/b.md'})).toBe(true);
    expect(meet('l?/x', 'app/x')).toBe(true);
    expect(meet('q?.md', 'r.md')).toBe(true);
    expect(meet({glob: 'what*'}, {path: 'what*/b.md'})).toBe(false);
    expect(meet('n*', {path: 'n*/b.md'})).toBe(false);
    const parsed = parseClaim('o*', {look});
    expect(parsed.ok ? 'accepted' : parsed.failure.code).toBe('E_PATH_ESCAPE');
  });

  test('and where they lead is no place that a claim may not name', () => {
    const hooks: Look = {
      kind: 'inside',
      segments: ['.git', 'hooks'],
      ids: [],
      links: [],
      exists: true,
      isDirectory: true,
    };
    const parsed = parseClaim({glob: 'link/*.sh'}, {look: () => hooks});
    expect(parsed.ok ? 'accepted' : parsed.failure.code).toBe('E_PATH_GITDIR');
  });
});

test('two hundred alternatives are compared with two hundred, each with each', () => {
  const numbered = (end: string): Claim =>
    claimOf({glob: `src/{${Array.from({length: 200}, (_, i) => `a${i}`).join(',')}}*${end}`});
  expect(overlap(numbered('.ts'), numbered('.js'))).toBe(false);
  expect(overlap(numbered('.ts'), numbered('.t?'))).toBe(true);
});

describe('an example', () => {
  test.each<readonly [ClaimInput, ClaimInput, string | null]>([
    ['src/[!a-z]*/a*.ts', 'src/A/', 'src/A/a.ts'],
    [{glob: 'x[!a-zA-Z0-9]'}, {glob: 'x?'}, 'x_'],
    [{glob: '.gi?'}, {glob: '?git'}, null],
    [{glob: 'co?'}, {glob: '?on'}, null],
  ])('of %j and %j is %j', (a, b, example) => {
    expect(answerOverlap(claimOf(a), claimOf(b))).toMatchObject({overlap: true, example});
  });

  test(
    'is a path that a task may claim, and both overlap it',
    () => {
      const part = fc.constantFrom(
        'a',
        'A',
        '.',
        ' ',
        'c',
        'on',
        '*',
        '?',
        '[!a-z]',
        '[!a-zA-Z0-9]',
        '[.a]',
        '**',
        '/',
      );
      const glob = fc.array(part, {minLength: 1, maxLength: 6}).map((parts) => parts.join(''));
      fc.assert(
        fc.property(glob, glob, (a, b) => {
          const [one, other] = [parseClaim({glob: a}), parseClaim({glob: b})];
          if (!one.ok || !other.ok) return;
          const {example} = answerOverlap(one.value[0]!, other.value[0]!);
          if (example === null) return;
          const shown = claimOf({path: example});
          expect([a, b, overlap(shown, one.value[0]!), overlap(shown, other.value[0]!)]).toEqual([
            a,
            b,
            true,
            true,
          ]);
        }),
        {numRuns: runs(4_000)},
      );
    },
    patienceMs,
  );
});

describe('claims that nobody would write', () => {
  const PAIRS: readonly (readonly [string, string])[] = [
    [`${'**/a*/'.repeat(600)}b`, `{${'a,'.repeat(1_900)}}`],
    [`${'**/*a*b*/'.repeat(400)}x`, `${'?'.repeat(250)}/${'*'.repeat(250)}`],
    [`${'*/'.repeat(500)}b`, `{${'a,'.repeat(201)}}`],
    ['**/*a*/'.repeat(500), '**/*b*/'.repeat(500)],
  ];

  test.each(PAIRS)('are explained without a long wait: %#', (a, b) => {
    const [one, other] = [claimOf({glob: a}), claimOf({glob: b})];
    // Seconds, before the search for an example and its spelling were bounded.
    expect(leastMs(() => answerOverlap(one, other))).toBeLessThan(250);
    expect(leastMs(() => explainOverlap(one, other))).toBeLessThan(250);
  });
});
