import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../../src/core/claim/claim.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import {presetNamed} from '../../../src/executors/presets/index.ts';
import type {Launch} from '../../../src/executors/program.ts';
import {taskSpec} from '../../support/task-spec.ts';

const ROOT = '/home/me/my repo';
const SCRATCH = '/state/runs/r/0001-t1-1';

/** One claim of each kind, and names that mean something to somebody. */
const CLAIMS: readonly ClaimInput[] = [
  'src/a.ts',
  'docs/',
  'test/**/*.test.ts',
  {glob: 'lib/{x,y}/[ab]?.js'},
  'app/[id]/(group)/page one, two.tsx',
  {path: 'what*is?this'},
  "it's.ts",
  {glob: 'exact/file.ts'},
];

const launch = (preset: string, claims: readonly ClaimInput[], args: readonly string[] = []): Launch => {
  const writes = claims.flatMap((claim) => {
    const parsed = parseClaim(claim);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    return parsed.value;
  });
  const spec = taskSpec({description: 'Do the thing.', writes});
  const found = presetNamed(preset)?.launch({spec, args, root: ROOT, scratch: SCRATCH});
  if (found === undefined) throw new Error(`there is no preset ${preset}`);
  return found;
};

const READ_ONLY_PROMPT = `You are one of several agents at work in this repository.
This task is read-only: change no file.
Do not run git commands that change anything.

Your task:
Do the thing.`;

const promptFor = (
  ...files: readonly string[]
): string => `You are one of several agents at work in this repository.
Write only these files and folders, others are being changed by other agents right now:
${files.map((file) => `- ${file}`).join('\n')}
If you need to change any other file, stop and say which one and why.
Do not run git commands that change anything.

Your task:
Do the thing.`;

describe('claude', () => {
  const fixed = ['--output-format', 'stream-json', '--verbose', '--permission-mode', 'dontAsk'];
  const allowed = ['--allowedTools', 'Read', 'Glob', 'Grep'];

  test('is called headless with an Edit rule per claim, then the arguments of the user', () => {
    const {program, args, set, stdin, file} = launch('claude', ['src/a.ts', 'docs/'], ['--model', 'opus']);
    expect(program).toBe('claude');
    expect(args).toEqual([
      '-p',
      promptFor('src/a.ts', 'docs/'),
      ...fixed,
      ...allowed,
      'Edit(/src/a.ts)',
      'Edit(/docs/**)',
      '--model',
      'opus',
    ]);
    expect({set, stdin, file}).toEqual({set: {}, stdin: null, file: null});
  });

  test('may edit nothing in a read-only task, and everything with the root', () => {
    expect(launch('claude', []).args).toEqual(['-p', READ_ONLY_PROMPT, ...fixed, ...allowed]);
    expect(launch('claude', ['./']).args.at(-1)).toBe('Edit(/**)');
    expect(launch('claude', ['**']).args.at(-1)).toBe('Edit(/**)');
  });

  test('gets rules in which only what is a pattern acts as one', () => {
    const rules = launch('claude', CLAIMS).args.slice(2 + fixed.length + allowed.length);
    expect(rules).toEqual([
      'Edit(/src/a.ts)',
      'Edit(/docs/**)',
      'Edit(/test/**/*.test.ts)',
      'Edit(/lib/x/[ab]?.js)',
      'Edit(/lib/y/[ab]?.js)',
      // A ")" before a space would end the rule there.
      String.raw`Edit(/app/\[id\]/(group?/page one, two.tsx)`,
      String.raw`Edit(/what\*is\?this)`,
      "Edit(/it's.ts)",
      'Edit(/exact/file.ts)',
    ]);
  });

  test('gets each rule whole, although its list of rules is cut at spaces and commas', () => {
    // How the CLI cuts the values of --allowedTools: outside parentheses, and any ")" closes them.
    const cut = (text: string): readonly string[] => {
      const parts: string[] = [''];
      let inside = false;
      for (const character of text) {
        if (character === '(') inside = true;
        if (character === ')') inside = false;
        if (!inside && (character === ' ' || character === ',')) parts.push('');
        else parts[parts.length - 1] += character;
      }
      return parts;
    };
    const claims = [...CLAIMS, 'a (1), (2) b/c.ts', '(x)/y.ts', 'a) b'];
    for (const rule of launch('claude', claims).args.filter((arg) => arg.startsWith('Edit('))) {
      expect(cut(rule)).toEqual([rule]);
    }
  });
});

describe('codex', () => {
  const rest = (profile: string): readonly string[] => [
    'exec',
    '--json',
    '--skip-git-repo-check',
    '-c',
    'default_permissions="task"',
    '-c',
    `permissions.task.filesystem=${profile}`,
  ];

  test('is called headless with the folders of the claims writable, and the prompt last', () => {
    const {program, args, set, stdin, file} = launch('codex', ['src/api/', 'src/a.ts'], ['-m', 'gpt']);
    expect(program).toBe('codex');
    expect(args).toEqual([
      ...rest('{":root"="read",":workspace_roots"={"."="read","src/api"="write","src"="write"}}'),
      '-m',
      'gpt',
      promptFor('src/api/', 'src/a.ts'),
    ]);
    expect({set, stdin, file}).toEqual({set: {}, stdin: null, file: null});
  });

  test('may write nothing in a read-only task, and everything for a file at the top or the root', () => {
    const readOnly = '{":root"="read",":workspace_roots"={"."="read"}}';
    const all = '{":root"="read",":workspace_roots"={"."="write"}}';
    expect(launch('codex', []).args).toEqual([...rest(readOnly), READ_ONLY_PROMPT]);
    for (const claim of ['README.md', './', '**', '*.md']) {
      expect(launch('codex', [claim]).args.slice(0, -1)).toEqual(rest(all));
    }
  });

  test('gets directories only: an exact file as writable would break every command', () => {
    expect(launch('codex', CLAIMS).args[6]).toBe(
      'permissions.task.filesystem={":root"="read",":workspace_roots"={"."="write","src"="write","docs"="write",' +
        '"test"="write","lib"="write","app/[id]/(group)"="write","exact"="write"}}',
    );
  });

  test('gets names as TOML strings', () => {
    expect(launch('codex', ['a "b"/', 'ü/x']).args[6]).toContain(String.raw`"a \"b\""="write","ü"="write"`);
  });
});

describe('gemini', () => {
  const rules = (claims: readonly ClaimInput[], root = ROOT): readonly RegExp[] => {
    const writes = claims.flatMap((claim) => {
      const parsed = parseClaim(claim);
      return parsed.ok ? parsed.value : [];
    });
    const text =
      presetNamed('gemini')?.launch({spec: taskSpec({writes}), args: [], root, scratch: SCRATCH}).file
        ?.text ?? '';
    const patterns = [...text.matchAll(/^argsPattern = (?:'(.*)'|(".*"))$/gmu)];
    expect(patterns).toHaveLength(writes.length);
    return patterns.map(
      ([, literal, quoted]) => new RegExp(literal ?? (JSON.parse(quoted ?? '') as string), 'u'),
    );
  };
  /** The arguments of an edit, as the CLI hands them to a policy: JSON with its keys in order. */
  const edit = (file: string, text = ''): string =>
    JSON.stringify({content: text, file_path: file, old_string: text});

  test('is called headless with a policy of its own', () => {
    const {program, args, set, stdin, file} = launch('gemini', ['src/a.ts'], ['-m', 'flash']);
    expect(program).toBe('gemini');
    expect(args).toEqual([
      '-p',
      promptFor('src/a.ts'),
      '--skip-trust',
      '-o',
      'stream-json',
      '--policy',
      `${SCRATCH}.policy.toml`,
      '-m',
      'flash',
    ]);
    expect({set, stdin, path: file?.path}).toEqual({set: {}, stdin: null, path: `${SCRATCH}.policy.toml`});
    expect(file?.text).toBe(String.raw`[[rule]]
toolName = ["write_file", "replace"]
argsPattern = '"file_path":"\/home\/me\/my repo\/src\/a\.ts"'
decision = "allow"
priority = 900

[[rule]]
toolName = ["write_file", "replace", "run_shell_command"]
decision = "deny"
priority = 800
`);
  });

  test('has only the rule that denies in a read-only task', () => {
    expect(launch('gemini', []).file?.text.match(/\[\[rule\]\]/gu)).toHaveLength(1);
    expect(launch('gemini', []).file?.text).toContain('decision = "deny"');
  });

  test('may edit exactly the claimed file', () => {
    for (const [claim, file] of [
      ['src/a.ts', 'src/a.ts'],
      ['app/[id]/(group)/page one, two.tsx', 'app/[id]/(group)/page one, two.tsx'],
      ["it's.ts", "it's.ts"],
      ['a "b".ts', 'a "b".ts'],
      [{path: 'what*is?this'}, 'what*is?this'],
      [{glob: 'exact/file.ts'}, 'exact/file.ts'],
    ] as const) {
      const [rule] = rules([claim]);
      expect(rule?.test(edit(`${ROOT}/${file}`, 'import "../x"'))).toBe(true);
      for (const other of [
        `${ROOT}/${file}x`,
        `${ROOT}/x${file}`,
        `${ROOT}/b.ts`,
        `${ROOT}/src/aXts`,
        file,
      ]) {
        expect(rule?.test(edit(other, file))).toBe(false);
      }
    }
  });

  test('may edit what lies in a claimed directory, and not climb out of it', () => {
    for (const claim of ['docs/', 'docs/**', 'docs/*.md', {glob: 'docs/{a,b}.md'}] as const) {
      const [rule] = rules([claim]);
      expect(rule?.test(edit(`${ROOT}/docs/sub/a.md`, 'see ../x'))).toBe(true);
      expect(rule?.test(edit(`${ROOT}/docs/a..b.md`))).toBe(true);
      for (const other of [
        'docs',
        'docsx/a.md',
        'docs/../src/a.ts',
        'docs/sub/../../a.ts',
        'src/docs/a.md',
      ]) {
        expect(rule?.test(edit(`${ROOT}/${other}`, `"file_path":"${ROOT}/docs/a.md"`))).toBe(false);
      }
    }
  });

  test('may edit everything below the root with the root, and nothing beside it', () => {
    for (const claim of ['./', '**']) {
      const [rule] = rules([claim], '/r.e+p(o)');
      expect(rule?.test(edit('/r.e+p(o)/any/file'))).toBe(true);
      expect(rule?.test(edit('/rXe+p(o)/any/file'))).toBe(false);
      expect(rule?.test(edit('/r.e+p(o)/../file'))).toBe(false);
    }
  });
});

describe('opencode', () => {
  const editRules = (claims: readonly ClaimInput[]): readonly (readonly [string, string])[] => {
    const config = JSON.parse(launch('opencode', claims).set['OPENCODE_CONFIG_CONTENT'] ?? '') as {
      permission: {edit: Record<string, string>};
    };
    return Object.entries(config.permission.edit);
  };

  test('is called headless with its permissions in the environment', () => {
    const {program, args, set, stdin, file} = launch('opencode', ['src/a.ts', 'docs/'], ['--model', 'x/y']);
    expect(program).toBe('opencode');
    expect(args).toEqual(['run', promptFor('src/a.ts', 'docs/'), '--format', 'json', '--model', 'x/y']);
    expect(set).toEqual({
      OPENCODE_CONFIG_CONTENT:
        '{"permission":{"edit":{"*":"deny","**":"deny","src/a.ts":"allow","docs/**":"allow"},"bash":"deny","external_directory":"deny"}}',
    });
    expect({stdin, file}).toEqual({stdin: null, file: null});
  });

  test('may edit nothing in a read-only task, and everything with the root', () => {
    const nothing = [
      ['*', 'deny'],
      ['**', 'deny'],
    ];
    expect(editRules([])).toEqual(nothing);
    for (const claim of ['./', '**']) {
      expect(editRules([claim])).toEqual([
        ['*', 'deny'],
        ['**', 'allow'],
      ]);
    }
  });

  test('gets patterns of stars and question marks only, which its versions read alike', () => {
    expect(
      editRules(CLAIMS)
        .slice(2)
        .map(([pattern]) => pattern),
    ).toEqual([
      'src/a.ts',
      'docs/**',
      'test/**/*.test.ts',
      'test/*.test.ts',
      'lib/x/??.js',
      'lib/y/??.js',
      'app/[id]/(group)/page one, two.tsx',
      'what*is?this',
      "it's.ts",
      'exact/file.ts',
    ]);
  });

  test('gets names that are keys of every JavaScript object', () => {
    expect(editRules(['__proto__', 'constructor'])).toContainEqual(['__proto__', 'allow']);
  });
});

describe('every preset', () => {
  test.each(['claude', 'codex', 'gemini', 'opencode'])(
    '%s gets a prompt that cannot be read as an option',
    (name) => {
      const writes = parseClaim('a.ts');
      const spec = taskSpec({
        description: '--dangerously-skip-permissions',
        writes: writes.ok ? writes.value : [],
      });
      const args = presetNamed(name)?.launch({spec, args: [], root: ROOT, scratch: SCRATCH}).args ?? [];
      expect(args.filter((arg) => arg.includes('--dangerously'))).toEqual([
        expect.stringMatching(/^You are one of/u),
      ]);
    },
  );

  test('falls back to the folder of a glob with more alternatives than anybody means', () => {
    const claim = {glob: `src/${'{a,b,c,d,e,f,g}'.repeat(3)}.ts`};
    expect(launch('claude', [claim]).args.at(-1)).toBe('Edit(/src/**)');
    expect(launch('opencode', [claim]).set['OPENCODE_CONFIG_CONTENT']).toContain('"src/**":"allow"');
  });
});
