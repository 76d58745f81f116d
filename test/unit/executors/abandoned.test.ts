import {expect, test} from 'vitest';
import {procTable} from '../../../src/executors/process/process-table.ts';
import {AttemptRecord, attemptRequest, processExecutor} from '../../support/attempts.ts';
import {eventually} from '../../support/eventually.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

/** What keeps a Node program from ending: its processes, and their pipes. */
const held = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /Pipe|Process/u.test(kind)).length;

test.each([
  ['', 'argument'],
  [', nor a prompt that it never reads', 'stdin'],
] as const)(
  'an abandoned attempt that lives on does not keep the program of the user from ending%s',
  async (_, prompt) => {
    const root = temporaryFolder();
    const executor = processExecutor(root);
    const record = new AttemptRecord();
    const before = held();
    const argv = ['sh', '-c', 'echo up; exec sleep 600'];
    const running = executor.start(
      attemptRequest({work: {kind: 'command', argv, prompt}, description: 'x'.repeat(1_000_000)}),
      record,
    );
    await record.printed('up');
    const {pid = 0, group = 0} = record.program ?? {};
    // While the shim cannot do what it is there for, both live on.
    process.kill(group, 'SIGSTOP');
    try {
      expect(held()).toBeGreaterThan(before);
      running.abandon();
      await eventually('nothing is held', () => held() <= before);
      expect(procTable.find(pid)).not.toBeNull();
    } finally {
      process.kill(group, 'SIGCONT');
      await eventually('it is dead', () => procTable.find(pid) === null);
    }
  },
);
