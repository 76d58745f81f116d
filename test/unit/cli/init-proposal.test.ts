import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {ownersOfPath, Project} from '../../../src/api/project.ts';
import {configText, proposeAgents} from '../../../src/cli/init/propose.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import {ownersOf} from '../../../src/core/ownership.ts';
import {runs} from '../../support/seed.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

/** The project that `init` would leave behind in a repository with these names at its top. */
const projectFor = async (folders: readonly string[], files: readonly string[]): Promise<Project> => {
  const root = temporaryFolder();
  const configFile = path.join(root, 'disjoint.yaml');
  writeFileSync(configFile, configText(proposeAgents(folders, files), []));
  return Project.open({root, configFile});
};

test('init gives the rules of who may write what to nobody', () => {
  const agents = proposeAgents(['src', 'docs'], ['disjoint.yaml', 'tsconfig.json']);
  expect(agents.flatMap(({owns}) => owns)).toEqual(['src/', 'tsconfig.json', 'docs/']);
});

test('init gives files that make programs run to nobody: every task without files would be refused', () => {
  const files = ['package.json', 'Makefile', 'vite.config.ts', 'AGENTS.md', 'go.mod', 'README.md'];
  expect(proposeAgents([], files).map(({owns}) => owns)).toEqual([['go.mod'], ['README.md'], []]);
  expect(proposeAgents([], ['Makefile']).map(({owns}) => owns)).toEqual([['src/', 'test/'], ['docs/'], []]);
});

test('init gives documentation that is a link to code to whoever writes the code, and none that leads outside', () => {
  const root = temporaryFolder();
  mkdirSync(path.join(root, 'src'));
  for (const [name, target] of [
    ['docs', 'src'],
    ['data', '/'],
    ['README.md', 'src/README.md'],
    ['loop', 'loop'],
  ]) {
    symlinkSync(String(target), path.join(root, String(name)));
  }
  const names = proposeAgents(['src'], ['README.md', 'data', 'docs', 'loop'], {root}).map(({name, owns}) => [
    name,
    owns,
  ]);
  expect(names).toEqual([
    ['code_developer', ['src/']],
    ['assistant', []],
  ]);
});

test('init leaves a file out that is a link into the folder of another', () => {
  const root = temporaryFolder();
  for (const folder of ['src', 'docs']) mkdirSync(path.join(root, folder));
  symlinkSync('docs/LICENSE', path.join(root, 'LICENSE'));
  symlinkSync('src/README.md', path.join(root, 'README.md'));
  const agents = proposeAgents(['docs', 'src'], ['LICENSE', 'README.md'], {root});
  expect(agents.map(({owns}) => owns)).toEqual([['src/'], ['docs/'], []]);
});

test.each(['a,b', '{{cookiecutter}}', '[x]', '(group)', 'a"b', "it's", '#1', '- a', 'a b', '@scope', 'ü'])(
  'init gives the folder %s to the code developer, with all that is in it',
  async (name) => {
    const project = await projectFor([name], []);
    expect(ownersOfPath(project, `${name}/x.ts`)).toEqual({owners: ['code_developer'], inPart: []});
  },
);

test.each(['~', '!a', 'CON', 'a\nb', 'a:b', 'a*', 'a?', 'a\\b', 'progra~1'])(
  'init leaves out the folder %j, which no claim can name, and what it writes is accepted',
  async (name) => {
    const project = await projectFor([name, 'src'], [name]);
    expect(
      project
        .agentTypes()
        .get('code_developer')
        ?.owns.map(({raw}) => raw),
    ).toEqual(['src/']);
  },
);

const aName = fc
  .string({
    unit: fc.oneof(fc.constantFrom(...'{}[]()!~,"\'#:& .a1*?\\'.split('')), fc.string({maxLength: 1})),
    maxLength: 12,
  })
  .filter((name) => name !== '' && !name.includes('/') && !name.includes('\0') && !name.startsWith('.'));

test('whatever the names at the top are, init writes what is accepted, and each proposed name is owned', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(aName, {maxLength: 5}),
      fc.uniqueArray(aName, {maxLength: 5}),
      async (folders, files) => {
        const proposed = proposeAgents(folders, files);
        const types = [...(await projectFor(folders, files)).agentTypes().values()];
        for (const agent of proposed) {
          const type = types.find(({name}) => name === agent.name);
          expect(type?.owns.map(({raw}) => raw)).toEqual(agent.owns);
          for (const name of agent.owns) {
            const claim = parseClaim({path: name});
            if (!claim.ok || claim.value[0] === undefined) throw new Error(`${name} cannot be claimed`);
            expect(ownersOf(claim.value[0], types)).toContain(agent.name);
          }
        }
      },
    ),
    {numRuns: runs(50)},
  );
});
