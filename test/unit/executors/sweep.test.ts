import {spawn} from 'node:child_process';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {procTable} from '../../../src/executors/process/process-table.ts';
import {SimulatedClock} from '../../../src/testing/index.ts';
import {
  AttemptRecord,
  attemptRequest,
  processExecutor,
  RUN_ID,
  script,
  startProcess,
} from '../../support/attempts.ts';
import {eventually} from '../../support/eventually.ts';
import {alive, textOf} from '../../support/shell-tasks.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const DEAF = 'trap "" INT TERM HUP; echo $$ > pid; while :; do sleep 600; done';

describe('what is alive when the program has ended', () => {
  test('hears SIGTERM although it left the group, and may still tidy up', async () => {
    const {running, record, root} = startProcess({
      spec: script(`setsid sh -c 'trap "echo heard TERM > heard; exit" TERM; echo > up; while :; do sleep 0.05; done' &
        while [ ! -e up ]; do sleep 0.01; done`),
    });
    await record.until(() => record.told.includes('left-behind'));
    running.terminate();
    expect((await record.death).how).toMatchObject({kind: 'exited', code: 0});
    expect(textOf(path.join(root, 'heard'))).toBe('heard TERM\n');
  });

  test('is killed also if it appears only after the kill, and dead is told only after its death', async () => {
    const root = temporaryFolder();
    const clock = new SimulatedClock();
    const executor = processExecutor(root, {clock});
    const record = new AttemptRecord();
    const request = attemptRequest(
      script(`setsid sh -c '${DEAF}' & while [ ! -s pid ]; do sleep 0.01; done`),
    );
    const running = executor.start(request, record);
    await record.until(() => record.told.includes('left-behind'));
    running.kill();
    await eventually('the first one is dead', () => alive([path.join(root, 'pid')]).length === 0);
    // As if the first one had started it in its last moment. The time stands still: nobody has looked since.
    const late = spawn('sleep', ['600'], {
      detached: true,
      stdio: 'ignore',
      env: {...process.env, DISJOINT_MARK: `${RUN_ID}.${request.fence}.`},
    });
    try {
      clock.runNext();
      await eventually('the late one is killed', () => late.signalCode === 'SIGKILL');
      expect(record.exit).toBeNull();
      await eventually('dead is told', () => {
        clock.runNext();
        return record.exit !== null;
      });
      expect(procTable.find(late.pid ?? 0)).toBeNull();
    } finally {
      late.kill('SIGKILL');
    }
  });
});
