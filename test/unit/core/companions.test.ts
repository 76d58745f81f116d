import {symlinkSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../../src/core/claim/claim.ts';
import {
  type CompanionTable,
  companionsOf,
  DEFAULT_COMPANIONS,
  resolveCompanions,
} from '../../../src/core/claim/companions.ts';
import {EXACT} from '../../../src/core/claim/fold.ts';
import type {LookUp} from '../../../src/core/claim/look.ts';
import {coversPath} from '../../../src/core/claim/overlap.ts';
import type {ParseOptions} from '../../../src/core/claim/parse-options.ts';
import {DisjointError, type OrchestratorOptions} from '../../../src/index.ts';
import {claimOf} from '../../support/claim-of.ts';
import {folderWith} from '../../support/cli.ts';
import {nextEvent, rejectionOf, startOrchestrator} from '../../support/orchestrators.ts';
import {Gate} from '../../support/task-functions.ts';

const resolved = (table: CompanionTable) => {
  const companions = resolveCompanions(table);
  if (!companions.ok) throw new Error(companions.failure.problem);
  return companions.value;
};
const DEFAULT = resolved(DEFAULT_COMPANIONS);

/** The texts of what comes along with a claim. */
const along = (
  input: ClaimInput,
  {table = DEFAULT, ...options}: ParseOptions & {table?: typeof DEFAULT} = {},
): readonly string[] => companionsOf(claimOf(input, options), table, options).map(({text}) => text);

/** A disk with these files, and the folders that they need. */
const diskOf = (...files: readonly string[]): LookUp => {
  const folders = new Set(
    files.flatMap((file) => {
      const segments = file.split('/').slice(0, -1);
      return segments.map((_, i) => segments.slice(0, i + 1).join('/'));
    }),
  );
  return (at) => {
    const isDirectory = at === '.' || folders.has(at);
    const exists = isDirectory || files.includes(at);
    return {
      kind: 'inside',
      segments: at === '.' ? [] : at.split('/'),
      ids: [],
      links: [],
      exists,
      isDirectory,
    };
  };
};

/** The same disk with symbolic links on it: where each leads, from the root down. */
const linkedDisk = (links: Readonly<Record<string, string>>, ...files: readonly string[]): LookUp => {
  const look = diskOf(...files);
  return (at) => {
    let real: string[] = [];
    for (const segment of at.split('/')) {
      if (segment === '..') real.pop();
      else if (segment !== '.') real.push(segment);
      const target = links[real.join('/')];
      if (target !== undefined) real = target.split('/');
    }
    return look(real.length === 0 ? '.' : real.join('/'));
  };
};

const LOCKFILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
];

describe('a package.json brings its lockfile', () => {
  test('all that it could have, in its folder and at the root, where nobody looked', () => {
    expect(along('package.json')).toEqual(LOCKFILES);
    expect(along('packages/a/package.json')).toEqual([
      ...LOCKFILES.map((name) => `packages/a/${name}`),
      ...LOCKFILES,
    ]);
  });

  test('only those that exist, in its folder and in any above it up to the root of the workspace', () => {
    const look = diskOf('yarn.lock', 'packages/bun.lock', 'packages/a/package-lock.json', 'other/yarn.lock');
    expect(along('packages/a/package.json', {look}).toSorted()).toEqual([
      'packages/a/package-lock.json',
      'packages/bun.lock',
      'yarn.lock',
    ]);
    expect(along('packages/a/deep/er/package.json', {look: diskOf('pnpm-lock.yaml')})).toEqual([
      'pnpm-lock.yaml',
    ]);
  });

  test('the first of the list, in its folder and at the root, where none exists', () => {
    expect(along('package.json', {look: diskOf()})).toEqual(['package-lock.json']);
    expect(along('new/package.json', {look: diskOf('src/a.ts')})).toEqual([
      'new/package-lock.json',
      'package-lock.json',
    ]);
  });

  test('in whatever case its name is written, also where names are told apart by case', () => {
    expect(along('Package.JSON', {look: diskOf()})).toEqual(['package-lock.json']);
    expect(along('Cargo.toml', {rules: EXACT})).toEqual(['Cargo.lock']);
  });

  test('also when a glob names it: wherever the pattern could find one, and what exists at the root', () => {
    const look = diskOf('packages/a/yarn.lock', 'pnpm-lock.yaml');
    expect(along('packages/*/package.json', {look})).toEqual([
      ...LOCKFILES.map((name) => `packages/*/${name}`),
      'pnpm-lock.yaml',
    ]);
    expect(along({glob: '{src/go.mod,lib/x.ts}'}, {look: diskOf()})).toEqual(['src/go.sum', 'go.sum']);
    expect(along({glob: 'src/{x.ts,go.mod}'})).toEqual(['src/go.sum', 'go.sum']);
  });

  test('not when a folder or a pattern for names could hold one', () => {
    for (const input of ['packages/', './', '**', '*.json', {glob: '{a,package}.*'}]) {
      expect([input, along(input)]).toEqual([input, []]);
    }
  });

  test('also when a slash makes a folder of it, unless it is known to be one', () => {
    for (const input of ['package.json/', 'package.json/.', {glob: 'package.json/'}, 'package.json/**']) {
      expect([input, along(input, {look: diskOf()})]).toEqual([input, ['package-lock.json']]);
    }
    expect(along('package.json/', {look: diskOf('package.json/a.ts')})).toEqual([]);
  });
});

describe('a link brings what comes with the file that it leads to', () => {
  const WEB = ['packages/web/package.json', 'packages/web/yarn.lock', 'package-lock.json'];

  test('in the folder of the file, and in those above it', () => {
    const look = linkedDisk({'manifest.json': 'packages/web/package.json'}, ...WEB);
    expect(along('manifest.json', {look}).toSorted()).toEqual([
      'package-lock.json',
      'packages/web/yarn.lock',
    ]);
    const [companion] = companionsOf(claimOf('manifest.json', {look}), DEFAULT, {look});
    expect(companion?.companionOf).toBe('manifest.json');
  });

  test('also where nothing is there yet, and whatever the link is called', () => {
    const at = {'!new.json': 'new/package.json'};
    expect(along('./!new.json', {look: linkedDisk(at)})).toEqual([
      'new/package-lock.json',
      'package-lock.json',
    ]);
  });

  test('in the folders above the file, where a folder is the link', () => {
    const look = linkedDisk({latest: 'app/models'}, 'app/models/package.json', 'app/package-lock.json');
    expect(along('latest/package.json', {look})).toContain('app/package-lock.json');
    // Behind a link ".." is the folder above the target to the kernel, and above the link to a shell.
    expect(along('latest/../package.json', {look})).toEqual(['package-lock.json', 'app/package-lock.json']);
  });

  test('besides what comes with its own name', () => {
    const look = linkedDisk({'web/package.json': 'lib/Cargo.toml'}, 'web/yarn.lock', 'lib/Cargo.lock');
    expect(along('web/package.json', {look})).toEqual(['web/yarn.lock', 'lib/Cargo.lock']);
  });

  test('and nothing where it leads to a folder, or to what brings nothing', () => {
    const look = linkedDisk({a: 'src', b: 'src/x.ts'}, 'src/package.json', 'src/x.ts', 'yarn.lock');
    expect(along('a', {look})).toEqual([]);
    expect(along('b', {look})).toEqual([]);
    const folder = linkedDisk({a: 'pkg/package.json'}, 'pkg/package.json/x', 'pkg/yarn.lock');
    expect(along('a', {look: folder})).toEqual([]);
    expect(along({glob: '{a,b}'}, {look: folder})).toEqual([]);
  });
});

describe('a test file brings its snapshot', () => {
  test('named after it, in the folder for snapshots beside it', () => {
    expect(along('src/ui/a.test.tsx')).toEqual(['src/ui/__snapshots__/a.test.tsx.snap']);
    expect(along('b.spec.js', {look: diskOf('b.spec.js')})).toEqual(['__snapshots__/b.spec.js.snap']);
    expect(along('src/ui/a.tsx')).toEqual([]);
  });

  test('to the letter: brackets, stars and dollars in a name are no pattern', () => {
    for (const name of ['[id]', '(group)', '{a,b}', '$&', '$$', "$'", 'x*', 'y?']) {
      const input = {path: `app/${name}/${name}.test.ts`};
      expect(along(input)).toEqual([`app/${name}/__snapshots__/${name}.test.ts.snap`]);
      const [companion] = companionsOf(claimOf(input), DEFAULT, {});
      expect(companion?.kind).toBe('path');
    }
  });
});

describe('a table of the user', () => {
  const table = (names: readonly string[]) => resolved({'schema.prisma': names});
  const alongSchema = (names: readonly string[], folder = 'db/', look?: LookUp) =>
    along({path: `${folder}schema.prisma`}, {table: table(names), ...(look !== undefined && {look})});

  test('has names that are looked for upwards, places beside the file, and places from the root down', () => {
    expect(alongSchema(['prisma.lock'])).toEqual(['db/prisma.lock', 'prisma.lock']);
    expect(alongSchema(['gen/client.ts'])).toEqual(['db/gen/client.ts']);
    expect(alongSchema(['/src/client.ts'])).toEqual(['src/client.ts']);
    expect(alongSchema(['./x.ts'])).toEqual(['db/x.ts']);
  });

  test('has {name} for the name of the file, more than once', () => {
    expect(alongSchema(['{name}.sql'])).toEqual(['db/schema.prisma.sql', 'schema.prisma.sql']);
    expect(alongSchema(['/{name}/{name}'])).toEqual(['schema.prisma/schema.prisma']);
  });

  test('has globs and folders, which need not exist', () => {
    expect(alongSchema(['/src/gen/**'])).toEqual(['src/gen/**']);
    expect(alongSchema(['gen/'])).toEqual(['db/gen/']);
    expect(alongSchema(['*.snap'], 'db/', diskOf('db/schema.prisma'))).toEqual(['db/*.snap', '*.snap']);
    expect(alongSchema(['*.snap', 'one.ts'], 'db/', diskOf('one.ts'))).toEqual([
      'db/*.snap',
      '*.snap',
      'one.ts',
    ]);
  });

  test('has globs that are patterns themselves and not in the folder or the name of the file', () => {
    const input = {path: 'app/[id]/(g)/{a,b}/schema.prisma'};
    const [companion] = companionsOf(claimOf(input), table(['gen/*.ts']), {});
    expect(
      companion !== undefined && coversPath(companion, [claimOf({path: 'app/[id]/(g)/{a,b}/gen/x.ts'})]),
    ).toBe(true);
    for (const other of ['app/i/(g)/a/gen/x.ts', 'app/[id]/gx/{a,b}/gen/x.ts', 'app/[id]/(g)/a/gen/x.ts']) {
      expect(companion !== undefined && coversPath(companion, [claimOf({path: other})])).toBe(false);
    }
  });

  test('takes brackets in a bare glob either way, as the glob itself does', () => {
    const [companion] = companionsOf(claimOf('app/[id]/*/go.mod'), DEFAULT, {});
    for (const file of ['app/[id]/x/go.sum', 'app/i/x/go.sum']) {
      expect([file, companion !== undefined && coversPath(companion, [claimOf({path: file})])]).toEqual([
        file,
        true,
      ]);
    }
  });

  test('may name files by a pattern', () => {
    const companions = resolved({'*.proto': ['{name}.go'], 'a[bc].x': ['/out']});
    expect(along('api/v1.PROTO', {table: companions})).toEqual(['api/v1.PROTO.go', 'v1.PROTO.go']);
    expect(along('ac.x', {table: companions})).toEqual(['out']);
    expect(along('ad.x', {table: companions})).toEqual([]);
  });

  test('is as good under names that every JavaScript object has', () => {
    expect(along('constructor', {table: resolved({constructor: ['/toString']})})).toEqual(['toString']);
    expect(along('toString')).toEqual([]);
  });

  test.each<readonly [string, CompanionTable, string]>([
    ['a folder in a key', {'a/b': []}, 'companions: "a/b" must be the name of a file, without a folder'],
    ['an empty key', {'': []}, 'companions: "" must be the name of a file, without a folder'],
    [
      'a companion outside of the repository',
      {x: ['../y']},
      'companions: "x" has a companion that no task may write: claim "../y" contains ".."',
    ],
    [
      'a companion in the git folder',
      {x: ['a', '.git/config']},
      'companions: "x" has a companion that no task may write: claim ".git/config" lies in .git',
    ],
    [
      'an empty companion',
      {x: ['']},
      'companions: "x" has a companion that no task may write: claim "" is empty',
    ],
  ])('is refused with E_COMPANIONS for %s', async (_, companions, message) => {
    const error = await rejectionOf(startOrchestrator({companions}));
    expect(error).toBeInstanceOf(DisjointError);
    expect(error).toMatchObject({code: 'E_COMPANIONS', message});
  });

  test('that would be slow is not: nothing is looked for below a folder that is missing', () => {
    const looked: string[] = [];
    const empty = diskOf();
    const deep = `${'a/'.repeat(1_000)}package.json`;
    along(deep, {
      look: (at) => {
        looked.push(at);
        return empty(at);
      },
    });
    expect(looked.length).toBeLessThan(50);
  });
});

describe('companions of a task', () => {
  const start = (options: Partial<OrchestratorOptions> = {}, files: Readonly<Record<string, string>> = {}) =>
    startOrchestrator({repo: folderWith({'package-lock.json': '', ...files}), ...options});

  test('keep two tasks apart that are disjoint otherwise, and the blocker says why', async () => {
    const orchestrator = await start();
    const gate = new Gate();
    const [first, second] = orchestrator.submitMany([
      {
        id: 'a',
        agentType: 'dev',
        files: ['packages/a/package.json'],
        sensitive: true,
        run: () => gate.opened,
      },
      {id: 'b', agentType: 'ops', files: ['packages/b/package.json'], sensitive: true, run: () => 'ran'},
    ]);
    await Promise.all([first?.accepted, second?.accepted]);
    expect(orchestrator.why('b')?.text).toBe(
      'b is queued, waiting for a (package-lock.json, package-lock.json comes with packages/b/package.json)',
    );
    const status = orchestrator.status();
    expect(status.tasks.map(({files}) => files)).toEqual([
      ['packages/a/package.json'],
      ['packages/b/package.json'],
    ]);
    // Held with what comes along.
    expect(status.runningFiles).toEqual(['packages/a/package.json', 'package-lock.json']);
    gate.open();
    await expect(second?.result).resolves.toBe('ran');
  });

  test('keep apart whoever writes the lockfile itself', async () => {
    const orchestrator = await start();
    const gate = new Gate();
    const [, writer] = orchestrator.submitMany([
      {id: 'a', agentType: 'dev', files: ['package.json'], sensitive: true, run: () => gate.opened},
      {id: 'b', agentType: 'ops', files: ['package-lock.json'], run: () => 'ran'},
    ]);
    await writer?.accepted;
    expect(orchestrator.why('b')?.blockers).toMatchObject([
      {
        kind: 'file',
        holder: 'a',
        pairs: [{claim: 'package-lock.json', why: 'package-lock.json comes with package.json'}],
      },
    ]);
    gate.open();
    await writer?.result;
  });

  test('are off where the list is empty, and only there', async () => {
    const orchestrator = await start({companions: {'package.json': []}}, {'go.sum': ''});
    const gate = new Gate();
    const [, second, third] = orchestrator.submitMany([
      {
        id: 'a',
        agentType: 'dev',
        files: ['a/package.json', 'go.mod'],
        sensitive: true,
        run: () => gate.opened,
      },
      {id: 'b', agentType: 'ops', files: ['b/package.json'], sensitive: true, run: () => 'ran beside it'},
      {id: 'c', agentType: 'ops', files: ['go.sum'], run: () => 'ran'},
    ]);
    await expect(second?.result).resolves.toBe('ran beside it');
    expect(orchestrator.why('c')?.text).toContain('go.sum comes with go.mod');
    gate.open();
    await third?.result;
  });

  test('are nobody’s to own: whoever may write the file may write what comes along', async () => {
    const agents = {dev: {owns: ['package.json', 'src/']}, ops: {owns: ['package-lock.json']}};
    const orchestrator = await start({agents});
    const task = orchestrator.submit({
      agentType: 'dev',
      files: ['package.json'],
      sensitive: true,
      run: () => 'ran',
    });
    await expect(task.result).resolves.toBe('ran');
    // What is owned and not listed brings its companions as well.
    const gate = new Gate();
    const whole = orchestrator.submit({id: 'all', agentType: 'dev', sensitive: true, run: () => gate.opened});
    await whole.accepted;
    expect(orchestrator.status().runningFiles).toEqual(['package.json', 'src/', 'package-lock.json']);
    gate.open();
    await whole.result;
  });

  test('are not among the {files} of a command', async () => {
    const command = ['sh', '-c', 'for f; do echo "<$f>"; done', 'sh', '{files}'];
    const orchestrator = await start({agents: {dev: {command}}});
    const told: string[] = [];
    orchestrator.output$.subscribe(({text}) => told.push(text));
    const task = orchestrator.submit({agentType: 'dev', files: ['package.json', 'a.ts'], sensitive: true});
    await task.result;
    expect(told).toEqual(['<package.json>', '<a.ts>']);
  });

  test('that are declared themselves come once, and are in no way special', async () => {
    const orchestrator = await start();
    const gate = new Gate();
    const files = ['package-lock.json', 'package.json'];
    const task = orchestrator.submit({
      id: 'a',
      agentType: 'dev',
      files,
      sensitive: true,
      run: () => gate.opened,
    });
    await task.accepted;
    expect(orchestrator.status()).toMatchObject({runningFiles: files, tasks: [{files}]});
    gate.open();
    await task.result;
  });

  test('do not come with what is only read', async () => {
    const orchestrator = await start();
    const gate = new Gate();
    const [, writer] = orchestrator.submitMany([
      {id: 'a', agentType: 'dev', files: ['x'], reads: ['package.json'], run: () => gate.opened},
      {id: 'b', agentType: 'ops', files: ['package-lock.json'], run: () => 'ran'},
    ]);
    await expect(writer?.result).resolves.toBe('ran');
    gate.open();
  });

  test('lie where the link leads through which the file is claimed', async () => {
    const repo = folderWith({'real/package.json': '{}', 'real/yarn.lock': ''});
    symlinkSync('real', path.join(repo, 'link'));
    const orchestrator = await startOrchestrator({repo});
    const gate = new Gate();
    const started = nextEvent(orchestrator, 'attempt.dispatched', 'a');
    const [, writer] = orchestrator.submitMany([
      {id: 'a', agentType: 'dev', files: ['link/package.json'], sensitive: true, run: () => gate.opened},
      {id: 'b', agentType: 'ops', files: ['real/yarn.lock'], run: () => 'ran'},
    ]);
    await started;
    await writer?.accepted;
    expect(orchestrator.why('b')?.blockers).toMatchObject([
      {
        kind: 'file',
        holder: 'a',
        pairs: [
          {claim: 'real/yarn.lock', holderClaim: 'link/yarn.lock'},
          {claim: 'real/yarn.lock', holderClaim: 'real/yarn.lock'},
        ],
      },
    ]);
    gate.open();
    await writer?.result;
  });

  test('come with a link to the file, and with one to a folder below them', async () => {
    const repo = folderWith({
      'packages/web/package.json': '{}',
      'packages/web/yarn.lock': '',
      'app/models/go.mod': '',
      'app/go.sum': '',
    });
    symlinkSync('packages/web/package.json', path.join(repo, 'manifest.json'));
    symlinkSync('app/models', path.join(repo, 'latest'));
    const orchestrator = await startOrchestrator({repo});
    const gate = new Gate();
    const files = ['manifest.json', 'latest/go.mod'];
    const [, web, app] = orchestrator.submitMany([
      {id: 'a', agentType: 'dev', files, sensitive: true, run: () => gate.opened},
      {id: 'b', agentType: 'ops', files: ['packages/web/yarn.lock'], run: () => 'ran'},
      {id: 'c', agentType: 'ops', files: ['app/go.sum'], run: () => 'ran'},
    ]);
    await Promise.all([web?.accepted, app?.accepted]);
    expect(orchestrator.why('b')?.text).toContain('packages/web/yarn.lock comes with manifest.json');
    expect(orchestrator.why('c')?.text).toContain('app/go.sum comes with latest/go.mod');
    gate.open();
    await Promise.all([web?.result, app?.result]);
  });
});
