import {chmodSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {NO_SECRETS} from '../../../src/core/secrets/redactor.ts';
import {ProcessAttempt} from '../../../src/executors/process/process-attempt.ts';
import {Shims} from '../../../src/executors/process/shims.ts';
import {plainReader} from '../../../src/executors/program.ts';
import {systemClock} from '../../../src/runtime/system-clock.ts';
import {
  AttemptRecord,
  attemptRequest,
  command,
  RUN_ID,
  script,
  startProcess,
} from '../../support/attempts.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const programIn = (folder: string, name: string, text = '#!/bin/sh\nexit 0\n', mode = 0o755): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
};

/** An attempt whose program was found, and to which something happens before it is started. */
const startAfter = async (
  program: string,
  root: string,
  happens: (attempt: ProcessAttempt) => void,
  isToldOf = true,
): Promise<AttemptRecord> => {
  const record = new AttemptRecord();
  const shims = new Shims({});
  const attempt: ProcessAttempt = new ProcessAttempt(
    attemptRequest({}),
    record,
    {program, args: [], set: {}, stdin: null, file: null, reader: plainReader},
    {
      root,
      socket: null,
      logPath: path.join(temporaryFolder(), 'a.log'),
      resultFile: path.join(root, 'result.json'),
      mark: {name: 'DISJOINT_MARK', value: `${RUN_ID}.0.`},
      environment: process.env,
      redactor: NO_SECRETS,
      bytesRedactor: NO_SECRETS,
      shims,
      // Asked when the program has been found.
      versions: {
        get: () => {
          happens(attempt);
          return null;
        },
        set: () => {},
      },
    },
    systemClock,
  );
  await attempt.run();
  if (isToldOf) await record.death;
  shims.close();
  return record;
};

const expectNotStarted = (record: AttemptRecord, message: RegExp | string, hint: RegExp): void => {
  expect(record.told).toEqual(['dead']);
  expect(record.exit?.how).toEqual({
    kind: 'not-started',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
};

describe('a process that cannot be started ends with the reason', () => {
  test('because nothing of that name is on PATH', async () => {
    const {record} = startProcess({spec: command('no-such-program-here')});
    await record.death;
    expectNotStarted(record, 'there is no program "no-such-program-here" on PATH', /install it/u);
  });

  test('because the file of that path is missing, a directory, or not executable', async () => {
    const root = temporaryFolder();
    mkdirSync(path.join(root, 'folder'));
    programIn(root, 'plain.sh', 'exit 0\n', 0o644);
    for (const program of ['./missing', './folder', './plain.sh']) {
      const {record} = startProcess({spec: command(program), root});
      await record.death;
      expectNotStarted(record, `there is no file ${program} that may be executed`, /chmod \+x/u);
    }
  });

  test('because the program was removed after it had been found', async () => {
    const root = temporaryFolder();
    const program = programIn(root, 'agent');
    const record = await startAfter(program, root, () => rmSync(program));
    await record.death;
    expectNotStarted(record, `${program} is not there any more`, /install it/u);
  });

  test('because it lost the right to be executed after it had been found', async () => {
    const root = temporaryFolder();
    const program = programIn(root, 'agent');
    const record = await startAfter(program, root, () => chmodSync(program, 0o644));
    await record.death;
    expectNotStarted(record, `${program} may not be executed`, /chmod \+x/u);
  });

  test('because the folder to run in is gone', async () => {
    const root = temporaryFolder();
    const record = await startAfter('true', root, () => rmSync(root, {recursive: true}));
    await record.death;
    expectNotStarted(record, `the folder ${root} is not there any more`, /make it again/u);
  });

  test('because its interpreter is missing', async () => {
    const root = temporaryFolder();
    const program = programIn(root, 'agent', '#!/no/such/interpreter\n');
    const {record} = startProcess({spec: command('./agent'), root});
    await record.death;
    expectNotStarted(
      record,
      `the interpreter that ${program} names in its first line is not there`,
      /that line/u,
    );
  });

  test('because an argument is longer than the system takes', async () => {
    const {record} = startProcess({spec: {...command('true', '{prompt}'), description: 'x'.repeat(200_000)}});
    await record.death;
    expectNotStarted(record, /^the arguments for \S+true are too long$/u, /shorten the description/u);
  });

  test('because the description holds a NUL character, without repeating it', async () => {
    const {record} = startProcess({
      spec: {...command('true', '{prompt}'), description: `${'x'.repeat(5_000)}\0`},
    });
    await record.death;
    expectNotStarted(
      record,
      /^the arguments or variables for \S+true contain a NUL character$/u,
      /remove it/u,
    );
  });

  test('because it was stopped before it began, and then nothing ever ran', async () => {
    for (const rung of ['ask', 'terminate', 'kill'] as const) {
      const {running, record} = startProcess({spec: script('echo ran')});
      running[rung]();
      await record.death;
      expectNotStarted(record, 'it was stopped first', /nothing to do/u);
    }
  });
});

describe('a process that nobody waits for any more', () => {
  test('is not started after all', async () => {
    const root = temporaryFolder();
    const record = await startAfter('true', root, (attempt) => attempt.abandon(), false);
    expect(record.told).toEqual([]);
  });
});

describe('a program that is found', () => {
  test('may be named by a path relative to the repository', async () => {
    const root = temporaryFolder();
    mkdirSync(path.join(root, 'tools'));
    programIn(root, 'tools/agent', '#!/bin/sh\necho "$0"\n');
    const {record} = startProcess({spec: command('tools/agent'), root});
    await record.death;
    expect(record.lines()).toEqual([path.join(root, 'tools/agent')]);
  });

  test('runs in the root of the repository', async () => {
    const root = temporaryFolder();
    const {record} = startProcess({spec: command('pwd'), root});
    await record.death;
    expect(record.lines()).toEqual([root]);
  });

  test('that ends while it is being started is told of like any other', async () => {
    const records = Array.from({length: 20}, () => startProcess({spec: command('true')}).record);
    for (const record of records) {
      expect((await record.death).how).toMatchObject({kind: 'exited', code: 0});
      expect(record.told).toEqual(['started', 'dead']);
    }
  });
});
