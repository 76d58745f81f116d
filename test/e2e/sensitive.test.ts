import {existsSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {folderWith, runCli, SHELL_CONFIG} from '../support/cli.ts';

const planWith = (more: string): string =>
  `tasks: [{id: ci, agent: dev, files: [.npmrc]${more}, description: "touch .npmrc"}]\n`;

describe('a plan that writes a file which makes programs run', () => {
  test('is refused as a whole, by a dry run as well, and nothing starts', async () => {
    const plan = planWith('').replace(
      ']\n',
      ', {id: other, agent: ops, files: [x], description: "touch x"}]\n',
    );
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': plan});
    for (const args of [
      ['run', 'plan.yaml'],
      ['run', 'plan.yaml', '--dry-run'],
    ]) {
      const {code, stdout, stderr} = await runCli(args, {cwd});
      expect({code, stdout}).toEqual({code: 65, stdout: ''});
      expect(stderr).toBe(
        'disjoint: E_SENSITIVE: task ci claims .npmrc, which makes programs run. Hint: if it really has to change that, say sensitive: true on the task (--sensitive with delegate); if not, list the files it changes.\n',
      );
    }
    expect([existsSync(path.join(cwd, '.npmrc')), existsSync(path.join(cwd, 'x'))]).toEqual([false, false]);
  });

  test('runs with sensitive: true, and a dry run shows it as data', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': planWith(', sensitive: true')});
    const dry = await runCli(['run', 'plan.yaml', '--dry-run', '--json'], {cwd});
    expect(JSON.parse(dry.stdout)).toMatchObject({tasks: [{id: 'ci', files: ['.npmrc'], sensitive: true}]});
    expect((await runCli(['run', 'plan.yaml'], {cwd})).code).toBe(0);
    expect(existsSync(path.join(cwd, '.npmrc'))).toBe(true);
  });

  test('has to say true or false', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': planWith(', sensitive: maybe')});
    const {code, stderr} = await runCli(['run', 'plan.yaml'], {cwd});
    expect(code).toBe(65);
    expect(stderr).toMatch(/^disjoint: E_PLAN_\w+: .*sensitive/u);
  });
});

describe('a delegation that writes a file which makes programs run', () => {
  test('needs --sensitive, also where a link leads to it', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, '.husky/pre-commit': ''});
    symlinkSync('.husky', path.join(cwd, 'hooks'));
    const text = 'dev hooks/pre-push: touch hooks/pre-push';
    const refused = await runCli(['delegate', text], {cwd});
    expect(refused).toMatchObject({code: 65, stdout: ''});
    expect(refused.stderr).toMatch(/^disjoint: E_SENSITIVE: task t1 claims hooks\/pre-push \(\.husky\/\), /u);
    expect(existsSync(path.join(cwd, '.husky/pre-push'))).toBe(false);
    expect((await runCli(['delegate', '--sensitive', text], {cwd})).code).toBe(0);
    expect(existsSync(path.join(cwd, '.husky/pre-push'))).toBe(true);
  });
});
