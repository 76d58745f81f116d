import {spawn} from 'node:child_process';
import {closeSync, existsSync, openSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {type CliResult, folderWith, resultOf, SHELL_CONFIG} from '../support/cli.ts';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** What takes no output: a file that is open for reading only, and a full disk where there is one to play it. */
const SINKS: readonly (readonly [string, (cwd: string) => number, RegExp])[] = [
  ['is not open for writing', (cwd) => openSync(path.join(cwd, 'plan.yaml'), 'r'), /EBADF/u],
  ...(existsSync('/dev/full') ? ([['is full', () => openSync('/dev/full', 'w'), /ENOSPC/u]] as const) : []),
];

const runInto = async (
  sink: (cwd: string) => number,
  cwd: string,
  args: readonly string[],
): Promise<CliResult> => {
  const stdout = sink(cwd);
  try {
    return await resultOf(spawn(process.execPath, [CLI, ...args], {cwd, stdio: ['ignore', stdout, 'pipe']}));
  } finally {
    closeSync(stdout);
  }
};

const PLAN = 'tasks: [{id: one, agent: dev, files: [one.txt], description: "echo one > one.txt"}]\n';

describe.each(SINKS)('stdout that %s', (_, sink, reason) => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['run', ['run', 'plan.yaml']],
    ['run --json', ['run', 'plan.yaml', '--json']],
    ['delegate --dry-run', ['delegate', '--dry-run', 'dev a.txt: hi']],
    ['overlap', ['overlap', 'a', 'b']],
    ['--help', ['--help']],
  ];
  test.each(cases)('makes %s exit 74 with one line on stderr', async (__, args) => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': PLAN});
    const {code, stderr} = await runInto(sink, cwd, args);
    expect(stderr).toMatch(
      /^(?:disjoint: E_IO|\{"error":\{"code":"E_IO","message"):[ "]the output could not be written: /u,
    );
    expect(stderr).toMatch(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(74);
  });

  test('does not stop the work', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': PLAN});
    await runInto(sink, cwd, ['run', 'plan.yaml', '--json']);
    expect(readFileSync(path.join(cwd, 'one.txt'), 'utf8')).toBe('one\n');
  });
});
