import {symlinkSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../../src/core/claim/claim.ts';
import {EXACT} from '../../../src/core/claim/fold.ts';
import type {Look, LookUp} from '../../../src/core/claim/look.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import type {ParseOptions} from '../../../src/core/claim/parse-options.ts';
import {SENSITIVE_PATHS, sensitivePath} from '../../../src/core/claim/sensitive.ts';
import {claimOf} from '../../support/claim-of.ts';
import {folderWith} from '../../support/cli.ts';
import {rejectionOf, startOrchestrator} from '../../support/orchestrators.ts';

const sensitive = (input: ClaimInput, options: ParseOptions = {}): string | null =>
  sensitivePath(claimOf(input, options));

/** A file that each entry means, from the folder down in which it lies. */
const MEANT: Readonly<Record<string, string>> = {
  '.gitattributes': '.gitattributes',
  '.gitmodules': '.gitmodules',
  '.github/': '.github/workflows/ci.yml',
  '.husky/': '.husky/pre-commit',
  '.vscode/': '.vscode/tasks.json',
  '.idea/': '.idea/runConfigurations/a.xml',
  '.claude/': '.claude/settings.json',
  '.cursor/': '.cursor/rules',
  'AGENTS.md': 'AGENTS.md',
  'CLAUDE.md': 'CLAUDE.md',
  '.mcp.json': '.mcp.json',
  'package.json': 'package.json',
  '.npmrc': '.npmrc',
  '*.config.*': 'vite.config.ts',
  Makefile: 'Makefile',
  '.envrc': '.envrc',
};

describe('a sensitive path', () => {
  test('is one of a list that is known', () => {
    expect(SENSITIVE_PATHS.toSorted()).toEqual(Object.keys(MEANT).toSorted());
  });

  describe.each(Object.entries(MEANT))('%s', (entry, file) => {
    const at = (folder: string): string => `${folder}${file}`;

    test('is found at the root and at any depth', () => {
      for (const folder of ['', 'packages/a/', 'a/b/c/d/e/']) {
        expect([folder, sensitive(at(folder))]).toEqual([folder, entry]);
      }
    });

    test('is found in any spelling, whatever the volume tells apart', () => {
      for (const text of [at('').toUpperCase(), at('').toLowerCase(), at('./x/../'), at('x//')]) {
        expect([text, sensitive(text), sensitive(text, {rules: EXACT})]).toEqual([text, entry, entry]);
      }
      for (const text of [`${file}.`, at('').replace('e', 'e\u200d'), at('').replace('m', 'ｍ')]) {
        expect([text, sensitive(text)]).toEqual([text, entry]);
      }
    });

    test('is found where a slash makes a folder of it', () => {
      for (const text of ['/', '/.', '//', '/**'].map((end) => at('x/') + end)) {
        expect([text, sensitive(text)]).toEqual([text, entry]);
      }
      expect(sensitive({glob: `{${at('')},x}/**`})).toBe(entry);
    });

    test('is found behind a symbolic link', () => {
      const real = file.split('/');
      const look: LookUp = () => ({
        kind: 'inside',
        segments: real,
        ids: [],
        links: [],
        exists: true,
        isDirectory: false,
      });
      expect(sensitive('harmless.txt', {look})).toBe(entry);
      expect(sensitive('harmless.txt', {look, rules: EXACT})).toBe(entry);
    });

    test('is found by a glob that stands for nothing else', () => {
      expect(sensitive({glob: `**/${file}`})).toBe(entry);
      expect(sensitive({glob: `packages/*/${file}`})).toBe(entry);
    });

    test('is found by a glob in capitals, also where the volume tells them apart', () => {
      const capitals = file.toUpperCase();
      for (const glob of [`**/${capitals}`, capitals.replace(/[A-Z]/u, (letter) => `[${letter}]`)]) {
        expect([glob, sensitive({glob}), sensitive({glob}, {rules: EXACT})]).toEqual([glob, entry, entry]);
      }
    });

    test('is found at both ends of a rename', () => {
      for (const rename of [['harmless', file] as const, [file, 'harmless'] as const]) {
        const parsed = parseClaim({rename});
        expect(parsed.ok && parsed.value.map(sensitivePath).filter((found) => found !== null)).toEqual([
          entry,
        ]);
      }
    });

    test('is not found in a folder or glob that only holds it among others', () => {
      for (const input of ['./', 'packages/', '**', '*', '**/*', 'packages/**']) {
        expect([input, sensitive(input)]).toEqual([input, null]);
      }
    });
  });

  test('is found by a pattern for its name in capitals', () => {
    for (const glob of ['vite.CONFIG.*', '*.Config.ts', '**/vite.CONFIG.[tj]s', 'a?.conFIG.x*'])
      expect([glob, sensitive({glob}, {rules: EXACT})]).toEqual([glob, '*.config.*']);
    expect(sensitive({glob: '[pP]ackage.json'}, {rules: EXACT})).toBe('package.json');
    expect(sensitive({glob: '.GITHUB/*.yml'}, {rules: EXACT})).toBe('.github/');
    expect(sensitive({glob: 'vite.CONF?G.*'}, {rules: EXACT})).toBeNull();
  });

  test('that is a folder is found with and without a slash, and with globs inside it', () => {
    for (const input of ['.github/', '.github', '.github/**', '.github/workflows/*.yml', 'a/.GitHub/x/'])
      expect([input, sensitive(input)]).toEqual([input, '.github/']);
  });

  test('is found in a glob of several alternatives if one of them is sensitive', () => {
    expect(sensitive({glob: '{src/a.ts,package.json}'})).toBe('package.json');
    expect(sensitive({glob: 'src/{a,b}.config.ts'})).toBe('*.config.*');
    expect(sensitive('src/*.config.ts')).toBe('*.config.*');
  });

  test('is nothing that is only named alike', () => {
    for (const name of [
      'package.json5',
      'package-lock.json',
      'my-package.json',
      'config.ts',
      'x.configs.ts',
      'config/a.ts',
      'github/a',
      '.github-old/a',
      '.gitignore',
      'Makefile.md',
      'AGENTS.md/../README.md',
      'docs/CLAUDE.mdx',
      'envrc',
    ]) {
      expect([name, sensitive(name)]).toEqual([name, null]);
    }
  });

  test('behind a link to a folder is found, for a path and for a glob', () => {
    const look: LookUp = (at): Look => {
      const segments = at.split('/').map((segment) => (segment === 'hooks' ? '.husky' : segment));
      return {kind: 'inside', segments, ids: [], links: [], exists: true, isDirectory: false};
    };
    expect(sensitive('hooks/pre-commit', {look})).toBe('.husky/');
    expect(sensitive('hooks/*', {look})).toBe('.husky/');
    expect(sensitive('other/*', {look})).toBeNull();
  });
});

describe('a task that claims a sensitive path', () => {
  const run = (): string => 'ran';

  test('is refused, and told what and how to go on', async () => {
    const orchestrator = await startOrchestrator();
    const task = orchestrator.submit({
      id: 'T1',
      agentType: 'dev',
      files: ['src/a.ts', 'packages/a/vite.config.ts'],
      run,
    });
    expect(await rejectionOf(task.accepted)).toMatchObject({
      code: 'E_SENSITIVE',
      message: 'task T1 claims packages/a/vite.config.ts (*.config.*), which makes programs run',
      hint: 'if it really has to change that, say sensitive: true on the task (--sensitive with delegate); if not, list the files it changes',
    });
    await rejectionOf(task.result);
    expect(orchestrator.status().tasks).toEqual([]);
  });

  test('is told only once what it is if it is the path itself', async () => {
    const orchestrator = await startOrchestrator();
    const task = orchestrator.submit({id: 'T1', agentType: 'dev', files: ['package.json'], run});
    expect(await rejectionOf(task.accepted)).toMatchObject({
      message: 'task T1 claims package.json, which makes programs run',
    });
    await rejectionOf(task.result);
  });

  test('runs if it says so, and the status shows it', async () => {
    const orchestrator = await startOrchestrator();
    const [plain, open] = orchestrator.submitMany([
      {id: 'plain', agentType: 'dev', files: ['a.ts'], sensitive: false, run},
      {id: 'open', agentType: 'ops', files: ['package.json'], sensitive: true, run},
    ]);
    await expect(Promise.all([plain?.result, open?.result])).resolves.toEqual(['ran', 'ran']);
    expect(orchestrator.status().tasks).toMatchObject([
      {id: 'plain', sensitive: false},
      {id: 'open', sensitive: true},
    ]);
  });

  test('is refused for what its agent type owns as well', async () => {
    const orchestrator = await startOrchestrator({agents: {dev: {owns: ['src/', '.github/']}}});
    const task = orchestrator.submit({id: 'T1', agentType: 'dev', run});
    expect(await rejectionOf(task.accepted)).toMatchObject({code: 'E_SENSITIVE'});
    await rejectionOf(task.result);
    const named = orchestrator.submit({agentType: 'dev', files: ['src/a.ts'], run});
    await expect(named.result).resolves.toBe('ran');
  });

  test('is refused under the native policy in any case', async () => {
    const orchestrator = await startOrchestrator({pathPolicy: 'native'});
    for (const name of ['AGENTS.md', 'Makefile', 'agents.MD', 'makefile']) {
      const task = orchestrator.submit({agentType: 'dev', files: [name], run});
      expect(await rejectionOf(task.accepted)).toMatchObject({code: 'E_SENSITIVE'});
      await rejectionOf(task.result);
    }
  });

  test('is refused where a link on the disk leads to it', async () => {
    const repo = folderWith({'.github/ci.yml': '', 'docs/a.md': ''});
    symlinkSync('../.github', path.join(repo, 'docs/ci'));
    symlinkSync('../not/there/.envrc', path.join(repo, 'docs/dangling'));
    const orchestrator = await startOrchestrator({repo});
    for (const files of [['docs/ci/ci.yml'], ['docs/ci/*.yml'], ['docs/ci'], ['docs/dangling']]) {
      const task = orchestrator.submit({agentType: 'dev', files, run});
      expect([files, await rejectionOf(task.accepted)]).toMatchObject([files, {code: 'E_SENSITIVE'}]);
      await rejectionOf(task.result);
    }
  });

  test('may read it without saying so', async () => {
    const orchestrator = await startOrchestrator();
    const task = orchestrator.submit({agentType: 'dev', files: ['a.ts'], reads: ['package.json'], run});
    await expect(task.result).resolves.toBe('ran');
  });
});
