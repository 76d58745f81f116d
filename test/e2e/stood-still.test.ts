import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {folderWith, printed, resultOf, startCli} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';
import {STEADY_CONFIG} from '../support/served.ts';

/** The first prints and ticks every tenth of a second, the second ends at once, the third never does. */
const PLAN = `tasks:
  - id: prints
    agent: dev
    files: [ticks]
    quietTimeout: 2s
    description: "until [ -e go ]; do echo x; echo x >> ticks; sleep 0.1; done"
  - id: in-time
    agent: ops
    files: [in-time]
    timeout: 3s
    description: "until [ -e stopped ]; do sleep 0.02; done; echo done > in-time"
  - {id: overran, agent: reader, timeout: 3s, description: "sleep 600"}
`;

test('after a time in which the program was stopped, nothing that ended or printed in time has timed out, and what overran has', async () => {
  const cwd = folderWith({'disjoint.yaml': STEADY_CONFIG, 'plan.yaml': PLAN});
  const run = startCli(['run', 'plan.yaml'], {cwd});
  const ended = resultOf(run);
  const overran = printed(run, /overran failed: it timed out after 3 s/u);
  const ticks = (): number =>
    existsSync(path.join(cwd, 'ticks')) ? readFileSync(path.join(cwd, 'ticks'), 'utf8').length / 2 : 0;
  await Promise.all([
    printed(run, /in-time started/u),
    printed(run, /overran started/u),
    eventually('the first prints', () => ticks() > 0),
  ]);
  run.kill('SIGSTOP');
  writeFileSync(path.join(cwd, 'stopped'), '');
  await eventually('the second has ended', () => existsSync(path.join(cwd, 'in-time')));
  const before = ticks();
  // More than four seconds: each tick takes a tenth and more.
  await eventually('all deadlines have passed', () => ticks() >= before + 42);
  run.kill('SIGCONT');
  await overran;
  writeFileSync(path.join(cwd, 'go'), '');
  const {stdout, stderr} = await ended;
  expect(stdout).toContain('in-time succeeded');
  expect(stdout).toContain('prints succeeded');
  expect(stdout).toContain('3 tasks: 2 succeeded, 1 failed');
  expect(stderr).toMatch(
    /^the clock stood still for \d+\.\d s: timeouts wait until what happened meanwhile is known\n$/mu,
  );
});
