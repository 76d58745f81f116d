import {writeFileSync} from 'node:fs';
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
  const agents = proposeAgents(['src', 'docs'], ['disjoint.yaml', 'package.json']);
  expect(agents.flatMap(({owns}) => owns)).toEqual(['src/', 'package.json', 'docs/']);
});

test.each(['a,b', '{{cookiecutter}}', '[x]', '(group)', 'a"b', "it's", '#1', '- a', 'a b', '@scope', 'ü'])(
  'init gives the folder %s to the code developer, with all that is in it',
  async (name) => {
    const project = await projectFor([name], []);
    expect(ownersOfPath(project, `${name}/x.ts`)).toEqual(['code_developer']);
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
