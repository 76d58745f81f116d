import {describe, expect, test} from 'vitest';
import {folderWith, runCli, SHELL_CONFIG} from '../support/cli.ts';

const NO_LOGS =
  /^No logs can be written in .+\/\.disjoint: check who may write there, and whether the disk is full\.\n$/u;
/** Where the folder for logs would be, there is a file. */
const withoutLogs = (): string => folderWith({'disjoint.yaml': SHELL_CONFIG, '.disjoint/runs': ''});

describe('a task that failed', () => {
  test('is followed by the last lines it printed', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    const script = 'dev a: for i in 1 2 3 4 5 6; do echo line $i; echo; done; exit 2';
    const {stdout, code} = await runCli(['delegate', script], {cwd});
    expect(stdout).toMatch(
      /t1 failed: it exited with code 2 .+\n {9}\| line 2\n {9}\| line 3\n {9}\| line 4\n {9}\| line 5\n {9}\| line 6\n/u,
    );
    expect(stdout).not.toContain('line 1');
    expect(code).toBe(1);
  });

  test('says why where no log can be written, and that there is none', async () => {
    const {stdout, stderr} = await runCli(['delegate', 'dev a: echo the reason >&2; exit 2'], {
      cwd: withoutLogs(),
    });
    expect(stdout).toMatch(/t1 failed: .+\n {9}\| the reason\n/u);
    expect(stderr).toMatch(NO_LOGS);
  });

  test('cannot move the cursor with its last words', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
    const {stdout} = await runCli(['delegate', "dev a: printf '\\033[2Jgone\\n'; exit 2"], {cwd});
    expect(stdout).toContain('| \uFFFD[2Jgone\n');
  });
});

describe('logs that cannot be written', () => {
  const delegations = ['dev a: touch a', 'ops b: touch b', 'dev c: touch c'];

  test('are told of once, and the work is done', async () => {
    const {stdout, stderr, code} = await runCli(['delegate', ...delegations], {cwd: withoutLogs()});
    expect(stderr).toMatch(NO_LOGS);
    expect(stdout).toMatch(/✔ 3 tasks: 3 succeeded/u);
    expect(code).toBe(0);
  });

  test('are told of on stderr where stdout is data', async () => {
    const {stdout, stderr} = await runCli(['delegate', '--json', ...delegations], {cwd: withoutLogs()});
    expect(stderr).toMatch(NO_LOGS);
    for (const line of stdout.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });
});
