import {describe, expect, test} from 'vitest';
import {type AgentOptions, type ResolveOptions, resolveAgentTypes} from '../../../src/core/agent-options.ts';
import type {ClaimInput} from '../../../src/core/claim/claim.ts';
import {EXACT} from '../../../src/core/claim/fold.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import {checkOwnership, ownersOf} from '../../../src/core/ownership.ts';
import {describeRefusal, type Refusal} from '../../../src/core/refusals.ts';

const typesWith = (owns: Readonly<Record<string, readonly ClaimInput[]>>) => {
  const options = new Map(
    Object.entries(owns).map(([name, list]) => [name, list.length === 0 ? {} : {owns: list}]),
  );
  const resolved = resolveAgentTypes(options, {root: null, presets: []});
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.failure));
  return [...resolved.value.values()];
};

const claim = (input: ClaimInput) => {
  const parsed = parseClaim(input);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
};

/** The team of the design that this comes from. */
const TEAM = typesWith({
  code_developer: ['coffee_maker/**', 'tests/**', {glob: 'scripts/*.{py,sh}'}],
  project_manager: ['docs/roadmap/', 'docs/*.md'],
  architect: ['docs/architecture/**', 'pyproject.toml'],
  helper: [],
});

const ask = (name: string, ...inputs: readonly ClaimInput[]) => {
  const type = TEAM.find((one) => one.name === name);
  if (type === undefined) throw new Error(`no ${name}`);
  const answer = checkOwnership(type, inputs.flatMap(claim), TEAM);
  return answer.allowed ? 'allowed' : `${answer.claim.raw} is owned by ${answer.owner ?? 'nobody'}`;
};

describe('an agent type with "owns"', () => {
  test('may write what it owns', () => {
    for (const input of [
      'coffee_maker/a.py',
      'coffee_maker/',
      'coffee_maker/x/**',
      'tests/unit/',
      'scripts/run.sh',
    ]) {
      expect([input, ask('code_developer', input)]).toEqual([input, 'allowed']);
    }
    expect(ask('project_manager', 'docs/roadmap/ROADMAP.md', 'docs/README.md', 'Docs/Other.MD')).toBe(
      'allowed',
    );
    expect(ask('architect', 'pyproject.toml', 'docs/architecture/adr/1.md')).toBe('allowed');
  });

  test('may not write what another owns, and the owner is named', () => {
    expect(ask('code_developer', 'coffee_maker/a.py', 'docs/roadmap/x.md')).toBe(
      'docs/roadmap/x.md is owned by project_manager',
    );
    expect(ask('project_manager', 'pyproject.toml')).toBe('pyproject.toml is owned by architect');
    expect(ask('architect', 'tests/a.py')).toBe('tests/a.py is owned by code_developer');
  });

  test('may not write what nobody owns', () => {
    expect(ask('code_developer', 'Makefile')).toBe('Makefile is owned by nobody');
    expect(ask('code_developer', 'scripts/run.rb')).toBe('scripts/run.rb is owned by nobody');
  });

  test('owns one level only with a single star', () => {
    expect(ask('project_manager', 'docs/a.md')).toBe('allowed');
    expect(ask('project_manager', 'docs/sub/a.md')).toBe('docs/sub/a.md is owned by nobody');
  });

  test('may not claim more than it owns: a folder or a glob around it is refused', () => {
    expect(ask('project_manager', 'docs/')).toBe('docs/ is owned by architect');
    expect(ask('project_manager', 'docs/**')).toBe('docs/** is owned by architect');
    expect(ask('code_developer', './')).toBe('./ is owned by project_manager');
    expect(ask('code_developer', 'scripts/')).toBe('scripts/ is owned by nobody');
  });

  test('may claim a glob inside of one that it owns, and none that is wider', () => {
    for (const input of ['docs/*.md', 'docs/a*.md', 'docs/[a-c]?.md', {glob: 'docs/{a,b}.md'}]) {
      expect([input, ask('project_manager', input)]).toEqual([input, 'allowed']);
    }
    for (const input of ['docs/*', 'docs/*.m*', 'docs/**/*.md', {glob: 'docs/{a.md,b.txt}'}]) {
      expect([input, ask('project_manager', input)]).not.toEqual([input, 'allowed']);
    }
  });

  test('needs both ends of a rename', () => {
    expect(ask('code_developer', {rename: ['coffee_maker/a.py', 'tests/a.py']})).toBe('allowed');
    expect(ask('code_developer', {rename: ['coffee_maker/a.py', 'pyproject.toml']})).toBe(
      'pyproject.toml is owned by architect',
    );
  });
});

describe('an agent type without "owns"', () => {
  test('may write what nobody owns', () => {
    expect(ask('helper', 'Makefile', 'docs/sub/a.md', 'scripts/run.rb')).toBe('allowed');
  });

  test('may not write what somebody owns, in any spelling, nor a folder that holds some of it', () => {
    expect(ask('helper', 'Makefile', 'COFFEE_MAKER/x.py')).toBe(
      'COFFEE_MAKER/x.py is owned by code_developer',
    );
    expect(ask('helper', 'docs')).toBe('docs is owned by project_manager');
    expect(ask('helper', '**/*.py')).toBe('**/*.py is owned by code_developer');
  });
});

describe('the owners of a path', () => {
  const owners = (input: ClaimInput) => claim(input).flatMap((one) => ownersOf(one, TEAM));

  test('are all that own some of it, in the order of the configuration', () => {
    expect(owners('coffee_maker/x.py')).toEqual(['code_developer']);
    expect(owners('docs/a.md')).toEqual(['project_manager']);
    expect(owners('docs/')).toEqual(['project_manager', 'architect']);
    expect(owners('./')).toEqual(['code_developer', 'project_manager', 'architect']);
    expect(owners('Makefile')).toEqual([]);
  });

  test('are none for a file below a folder of which a star owns one level', () => {
    expect(owners('docs/sub/a.md')).toEqual([]);
  });
});

describe('two agent types that own one file', () => {
  const refusal = (
    agents: Readonly<Record<string, AgentOptions>>,
    options: Partial<ResolveOptions> = {},
  ): Refusal | null => {
    const resolved = resolveAgentTypes(new Map(Object.entries(agents)), {
      root: null,
      presets: [],
      ...options,
    });
    return resolved.ok ? null : resolved.failure;
  };
  const saying = (agents: Readonly<Record<string, AgentOptions>>): string | null => {
    const failure = refusal(agents);
    return failure === null ? null : `${describeRefusal(failure).code}: ${describeRefusal(failure).message}`;
  };

  test('are refused with both globs and a file that both own', () => {
    expect(saying({a: {owns: ['docs/', 'src/**']}, b: {owns: ['lib/', '**/*.test.ts']}})).toBe(
      'E_OWNS_OVERLAP: the agent types a and b own docs/ and **/*.test.ts, and so both docs/x.test.ts',
    );
    expect(saying({a: {owns: ['src/**']}, b: {}, c: {owns: [{glob: 'src/{x,y}/*.ts'}]}})).toBe(
      'E_OWNS_OVERLAP: the agent types a and c own src/** and src/{x,y}/*.ts, and so both src/x/x.ts',
    );
    expect(saying({a: {owns: ['README.md']}, b: {owns: ['readme.MD']}})).toBe(
      'E_OWNS_OVERLAP: the agent types a and b own README.md and readme.MD, and so both README.md',
    );
    expect(saying({a: {owns: ['src/']}, b: {owns: ['src/']}})).toBe(
      'E_OWNS_OVERLAP: the agent types a and b both own src/, and so both src/x',
    );
  });

  test('are told how to go on', () => {
    const failure = refusal({a: {owns: ['src/']}, b: {owns: ['src/']}});
    expect(failure === null ? null : describeRefusal(failure).hint).toBe(
      'give each file one owner, or say sharedOwnership: true',
    );
  });

  test('are accepted with sharedOwnership, and where the rules of the volume keep the files apart', () => {
    const agents = {a: {owns: ['README.md']}, b: {owns: ['readme.md']}};
    expect(refusal(agents, {sharedOwnership: true})).toBeNull();
    expect(refusal(agents, {rules: EXACT})).toBeNull();
    expect(refusal(agents, {sharedOwnership: false})).toMatchObject({code: 'E_OWNS_OVERLAP'});
  });

  test('are none if one of them owns a file twice, or if their globs are apart', () => {
    expect(refusal({a: {owns: ['src/', 'src/**', 'src/a.ts']}, b: {owns: ['docs/']}})).toBeNull();
    expect(refusal({a: {owns: ['src/*.ts']}, b: {owns: ['src/*.js', 'src/deep/*.ts']}})).toBeNull();
  });
});

describe('what a pattern owns', () => {
  const isOwned = (owned: ClaimInput, input: ClaimInput): boolean => {
    const types = typesWith({a: [owned]});
    return checkOwnership(types[0]!, claim(input), types).allowed;
  };

  test.each<readonly [ClaimInput, ClaimInput, boolean]>([
    ['docs/?.md', 'docs/ß.md', true],
    ['docs/?.md', 'docs/ss.md', false],
    ['[!a-z]*.md', 'README.md', true],
    // It is one file with README.md on some disks and another one on others.
    ['[!a-z]*.md', 'readme.md', false],
    ['[!a-z]*.md', {glob: '[!a-z]*.md'}, true],
    ['Docs/**', 'docs/a.md', true],
    [{glob: '[aA]*'}, 'Ab', true],
  ])('%j, and %j: %j', (owned, input, expected) => {
    expect(isOwned(owned, input)).toBe(expected);
  });
});

describe('"owns" that names nothing is refused:', () => {
  test.each<{readonly owns: readonly ClaimInput[]}>([{owns: []}, {owns: [{readOnly: true}]}])(
    '%j',
    ({owns}) => {
      const resolved = resolveAgentTypes(new Map([['a', {owns}]]), {root: null, presets: []});
      if (resolved.ok) throw new Error('accepted');
      const {message, hint} = describeRefusal(resolved.failure);
      expect(`${message}. ${hint}`).toMatch(/"owns".*at least one path/u);
    },
  );
});
