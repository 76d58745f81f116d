import {execFileSync} from 'node:child_process';
import {existsSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {loadPlan, Project} from '../../src/api/project.ts';
import {ExitCode} from '../../src/cli/exit-code.ts';
import {overlap} from '../../src/index.ts';
import {folderWith, runCli} from '../support/cli.ts';
import {
  anchorsOf,
  type Block,
  blocksOf,
  codesIn,
  keysOf,
  linksOf,
  markdownFiles,
  ROOT,
  rowsOf,
  sectionOf,
  source,
} from '../support/markdown.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

const PAGES = markdownFiles();
const BLOCKS = PAGES.flatMap(blocksOf);
const inLanguage = (language: string): readonly Block[] =>
  BLOCKS.filter((block) => block.language === language);

describe('every page', () => {
  test('links only to what is there', () => {
    const broken = PAGES.flatMap((file) =>
      linksOf(file)
        .filter((link) => {
          const [target = '', anchor] = link.split('#');
          const to = target === '' ? file : path.join(path.dirname(file), target);
          if (!existsSync(path.join(ROOT, to))) return true;
          return anchor !== undefined && to.endsWith('.md') && !anchorsOf(to).has(anchor);
        })
        .map((link) => `${file}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test('below docs is linked from another one', () => {
    const linked = new Set(
      PAGES.flatMap((file) =>
        linksOf(file).map((link) => path.join(path.dirname(file), link.replace(/#.*/u, ''))),
      ),
    );
    expect(PAGES.filter((file) => file.startsWith('docs/') && !linked.has(file))).toEqual([]);
  });

  test('names only npm scripts that exist', () => {
    const {scripts} = JSON.parse(source('package.json')) as {scripts: Record<string, string>};
    const named = PAGES.flatMap((file) =>
      [...source(file).matchAll(/npm run (?:--silent )?([\w:-]+)/gu)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(named).toContain('demo');
  });
});

describe('examples', () => {
  // The head of a block says what it is: a reader needs that as well.
  const KINDS = {'# disjoint.yaml\n': 'disjoint.yaml', '# plan.yaml\n': 'plan.yaml'} as const;

  const kindOf = ({at, text}: Block): string => {
    const kind = Object.entries(KINDS).find(([head]) => text.startsWith(head))?.[1];
    if (kind === undefined) throw new Error(`${at} must begin with ${Object.keys(KINDS).join(' or ')}`);
    return kind;
  };

  /** How many tasks of the plan are accepted; where there is no configuration before it, how many are understood. */
  const accepted = async (folder: string, project: Project | null): Promise<number> => {
    const tasks = await loadPlan('plan.yaml', folder);
    if (project === null) return tasks.length;
    const orchestrator = await project.createOrchestrator();
    await orchestrator.pause();
    const handles = orchestrator.submitMany(tasks);
    await Promise.all(handles.map((handle) => handle.accepted));
    await orchestrator.shutdown({mode: 'now'});
    return handles.length;
  };

  test.each(PAGES.filter((file) => blocksOf(file).some(({language}) => language === 'yaml')))(
    'of YAML in %s are loaded, and each plan is accepted with the configuration before it',
    async (file) => {
      let project: Project | null = null;
      const entries: number[] = [];
      for (const block of blocksOf(file).filter(({language}) => language === 'yaml')) {
        const folder = folderWith({[kindOf(block)]: block.text});
        if (kindOf(block) === 'plan.yaml') {
          entries.push(await accepted(folder, project));
        } else {
          project = await Project.open({root: folder, configFile: path.join(folder, 'disjoint.yaml')});
          entries.push(project.agentTypes().size);
        }
      }
      expect(Math.min(...entries)).toBeGreaterThan(0);
    },
  );

  test('of TypeScript compile', () => {
    const folder = temporaryFolder();
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    const blocks = inLanguage('ts');
    expect(blocks.length).toBeGreaterThan(5);
    for (const {at, text} of blocks) {
      writeFileSync(path.join(folder, `${at.replaceAll(/[^\w]+/gu, '-')}.mts`), `${text}export {};\n`);
    }
    const paths = {
      disjoint: [path.join(ROOT, 'src/index.ts')],
      'disjoint/machines': [path.join(ROOT, 'machines/index.ts')],
      'disjoint/testing': [path.join(ROOT, 'src/testing/index.ts')],
    };
    const extended = path.join(ROOT, 'tsconfig.json');
    const config = {extends: extended, compilerOptions: {paths, noUnusedLocals: false}, include: ['*.mts']};
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    let problems = '';
    try {
      execFileSync(path.join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], {encoding: 'utf8'});
    } catch (error) {
      problems = (error as {stdout: string}).stdout;
    }
    expect(problems).toBe('');
  });

  /** The words of the command at the start of a line of shell, without what follows a pipe or a redirection. */
  const wordsOf = (line: string): readonly string[] => {
    const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/gu)].map(
      ([text, double, single]) => double ?? single ?? text,
    );
    const end = words.findIndex((word) => ['|', '>', '&&', ';', '#'].includes(word));
    return end === -1 ? words : words.slice(0, end);
  };

  test('of command lines are understood', {timeout: 120_000}, async () => {
    const lines = new Set(
      BLOCKS.flatMap(({language, text}) => {
        if (language === 'sh') return text.split('\n');
        return text.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
      }).filter((line) => line.startsWith('disjoint ')),
    );
    expect(lines.size).toBeGreaterThan(10);
    const wrong: string[] = [];
    for (const line of lines) {
      // In an empty folder and without git or agent CLIs, nothing gets further than being understood.
      const {code, stderr} = await runCli(wordsOf(line).slice(1), {cwd: temporaryFolder(), env: {PATH: ''}});
      if (code === ExitCode.usage || stderr.includes('E_DELEGATE_SHAPE')) wrong.push(`${line}: ${stderr}`);
    }
    expect(wrong).toEqual([]);
  });

  /** What stands below each `$ disjoint overlap ...` of a block. */
  const overlapsIn = ({at, text}: Block) =>
    text
      .split(/^\$ /mu)
      .filter((part) => part.startsWith('disjoint overlap '))
      .map((part) => {
        const [line = '', ...answer] = part.split('\n');
        return {at, line, answer: answer.join('\n')};
      });

  test('of `disjoint overlap` have the answer that the program gives', async () => {
    const examples = BLOCKS.flatMap(overlapsIn).filter(({answer}) => answer !== '');
    expect(examples.length).toBeGreaterThan(4);
    const folder = temporaryFolder();
    for (const {at, line, answer} of examples) {
      const {stdout} = await runCli(wordsOf(line).slice(1), {cwd: folder});
      expect(`${at}:\n${stdout}`).toBe(`${at}:\n${answer}`);
    }
  });

  test('in the tables of surprises have the answer that is given in the tree described there', () => {
    const FILE = 'docs/concepts/claims.md';
    const folder = temporaryFolder();
    const setUp = blocksOf(FILE).filter(({language}) => language === 'sh');
    expect(setUp.length).toBe(1);
    execFileSync('sh', ['-ec', setUp[0]?.text ?? ''], {cwd: folder});
    const rows = rowsOf(sectionOf(FILE, '## Surprises')).filter(([cell = '']) =>
      cell.startsWith('`disjoint '),
    );
    expect(rows.length).toBeGreaterThan(35);
    for (const [cell = '', answer] of rows) {
      const [, command, a = '', b = '', ...more] = wordsOf(codesIn(cell)[0] ?? '');
      expect([cell, command, more]).toEqual([cell, 'overlap', []]);
      const given = overlap(a, b, {root: folder});
      expect([cell, `${given.overlap ? 'yes' : 'no'}, \`${given.rule}\``]).toEqual([cell, answer]);
    }
  });
});

describe('docs/reference/command-line.md', () => {
  const FILE = 'docs/reference/command-line.md';

  const helpOf = async (...args: readonly string[]): Promise<string> =>
    (await runCli([...args, '--help'], {cwd: temporaryFolder()})).stdout;

  /** The terms of one part of a help text, such as `-q, --quiet`. */
  const terms = (help: string, part: string): readonly string[] => {
    const lines = help.split('\n');
    const from = lines.indexOf(`${part}:`);
    const rest = from === -1 ? [] : lines.slice(from + 1);
    const end = rest.indexOf('');
    return rest
      .slice(0, end === -1 ? rest.length : end)
      .flatMap((line) => /^ {2}(\S.*?)(?: {2,}|$)/u.exec(line)?.[1] ?? []);
  };
  const HELP = '-h, --help';

  test('has every option of all commands', async () => {
    const documented = keysOf(sectionOf(FILE, '## Options of every command'));
    expect(documented.toSorted()).toEqual(terms(await helpOf(), 'Options').toSorted());
  });

  test('has every command with its arguments and options', async () => {
    const commands = terms(await helpOf(), 'Commands')
      .map((term) => term.split(' ')[0] ?? '')
      .filter((name) => name !== 'help');
    const documented = [...source(FILE).matchAll(/^## disjoint (.+)$/gmu)].map(([, heading = '']) => heading);
    expect(documented.map((heading) => heading.replace(/ .*/u, '')).toSorted()).toEqual(commands.toSorted());
    for (const heading of documented) {
      const [name = '', ...args] = heading.split(' ');
      const help = await helpOf(name);
      const expected = terms(help, 'Arguments').map(
        (term) => term.toUpperCase() + (term.endsWith('s') ? '...' : ''),
      );
      const options = keysOf(sectionOf(FILE, `## disjoint ${heading}`));
      expect([name, args, options]).toEqual([
        name,
        expected,
        terms(help, 'Options').filter((term) => term !== HELP),
      ]);
    }
  });

  test('is right about -q: the demo prints its summary alone', async () => {
    const {stdout, code} = await runCli(['demo', '-q'], {cwd: temporaryFolder()});
    expect(stdout).toMatch(/^✔ 9 tasks: 9 succeeded\n(?:  .+\n){3}$/u);
    expect(code).toBe(ExitCode.ok);
  });

  test('has help for no command that is not there', async () => {
    const {stderr, code} = await runCli(['help', 'nonsense'], {cwd: temporaryFolder()});
    expect(stderr).toBe(
      'disjoint: E_UNKNOWN_COMMAND: help was asked for a command that is not there. Hint: see disjoint --help.\n',
    );
    expect(code).toBe(ExitCode.usage);
  });

  test('has every exit code', () => {
    const documented = keysOf(sectionOf(FILE, '## Exit codes')).map(Number);
    expect(documented).toEqual(Object.values(ExitCode));
  });
});
