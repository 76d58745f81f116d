import {readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {describe, expect, test} from 'vitest';
import {NO_SECRETS} from '../../../src/core/secrets/redactor.ts';
import {AttemptLog} from '../../../src/executors/process/attempt-log.ts';
import {SimulatedClock} from '../../../src/testing/index.ts';
import {
  AttemptRecord,
  attemptRequest,
  nodeProgram,
  processExecutor,
  script,
  startProcess,
} from '../../support/attempts.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

/** What is really held on to (bytes): how much garbage a process carries around is up to its Node.js. */
const memoryKept = (): number => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // What a stream lets go of is often found by the second one only.
  collect();
  collect();
  const {heapUsed, external} = process.memoryUsage();
  return heapUsed + external;
};

describe('the output of a process', () => {
  test('is told line by line, with the stream it came from', async () => {
    const {record} = startProcess({spec: script('echo one; echo two >&2; printf three')});
    await record.death;
    expect(record.lines('stdout')).toEqual(['one', 'three']);
    expect(record.lines('stderr')).toEqual(['two']);
  });

  test('is all in a log that only its user may read, byte for byte', async () => {
    const {record} = startProcess({
      spec: script(String.raw`printf 'a\377\000b\r\n'; sleep 0.1; printf 'no end' >&2`),
    });
    const {logPath} = await record.death;
    expect(readFileSync(logPath ?? '')).toEqual(Buffer.from('a\xff\x00b\r\nno end', 'latin1'));
    expect(statSync(logPath ?? '').mode & 0o777).toBe(0o600);
  });

  test('is text for readers even where it is not UTF-8, and where a character comes in two pieces', async () => {
    const {record} = startProcess({
      spec: nodeProgram(`
        process.stdout.write(Buffer.from([0x61, 0xff, 0x0a, 0xf0, 0x9f]));
        setTimeout(() => process.stdout.write(Buffer.from([0x98, 0x80, 0x0a, 0xc3])), 50);
      `),
    });
    await record.death;
    expect(record.lines()).toEqual(['a\uFFFD', '😀', '\uFFFD']);
  });

  test('of two attempts of one task, and of two tasks, lies in different logs', async () => {
    const root = temporaryFolder();
    const executor = processExecutor(root);
    const logs = await Promise.all(
      [
        attemptRequest({...script('echo 1'), id: 'T'}, {attempt: 1}),
        attemptRequest({...script('echo 2'), id: 'T'}, {attempt: 2}),
        attemptRequest({...script('echo 3'), id: 't'}, {attempt: 1}),
      ].map(async (request) => {
        const record = new AttemptRecord();
        executor.start(request, record);
        const {logPath} = await record.death;
        return logPath ?? '';
      }),
    );
    expect(new Set(logs.map((log) => log.toLowerCase())).size).toBe(3);
    expect(logs.map((log) => readFileSync(log, 'utf8'))).toEqual(['1\n', '2\n', '3\n']);
  });

  test('ends in a result that carries the last twenty lines', async () => {
    const {record} = startProcess({spec: script('for i in $(seq 1 50); do echo "line $i"; done; exit 3')});
    const {tail, how} = await record.death;
    expect(how).toEqual({kind: 'exited', code: 3, result: {kind: 'not-expected'}});
    expect(tail).toEqual(Array.from({length: 20}, (_, i) => `line ${i + 31}`));
  });

  test('a line of megabytes is told in pieces of 64 KiB, and its tail stays short', async () => {
    const {record} = startProcess({spec: nodeProgram(`process.stdout.write('é'.repeat(300_000))`)});
    const {tail} = await record.death;
    expect(record.lines().map((line) => line.length)).toEqual([65_536, 65_536, 65_536, 65_536, 37_856]);
    expect(record.lines().join('')).toBe('é'.repeat(300_000));
    expect(tail.join('').length).toBeLessThanOrEqual(20 * 2_000);
  });

  test('a flood without a line end does not fill the memory, and is in the log to the last byte', async () => {
    const bytes = 128 * 1024 * 1024;
    const root = temporaryFolder();
    const executor = processExecutor(root);
    let characters = 0;
    let looks = 0;
    const before = memoryKept();
    let most = before;
    const record = new AttemptRecord();
    record.output = (_, line) => {
      characters += line.length;
      if (characters < (looks + 1) * (bytes / 8)) return;
      looks++;
      most = Math.max(most, memoryKept());
    };
    executor.start(attemptRequest(script(`head -c ${bytes} /dev/zero`)), record);
    const {how, logPath} = await record.death;
    expect(how).toMatchObject({kind: 'exited', code: 0});
    expect(characters).toBe(bytes);
    expect(statSync(logPath ?? '').size).toBe(bytes);
    expect(looks).toBe(8);
    expect(most - before).toBeLessThan(bytes / 8);
  });

  test('that is still in the pipe when the program ends is waited for', async () => {
    const root = temporaryFolder();
    const executor = processExecutor(root, {
      // The time stands still: the wait ends with the output, not with its limit.
      clock: new SimulatedClock(),
    });
    // As much as a pipe holds. Several at once, so that an end is often told before the output has been read.
    const text = `head -c 60000 /dev/zero | tr '\\0' x; echo; echo last`;
    const sizes: number[] = [];
    for (let batch = 0; batch < 5; batch++) {
      const records = Array.from({length: 6}, () => {
        const record = new AttemptRecord();
        executor.start(attemptRequest(script(text)), record);
        return record;
      });
      for (const {logPath} of await Promise.all(records.map(({death}) => death))) {
        sizes.push(statSync(logPath ?? '').size);
      }
    }
    expect(sizes).toEqual(Array.from({length: 30}, () => 60_006));
  });

  test('a flood does not keep its process from being killed', async () => {
    const {running, record} = startProcess({spec: script('exec yes "a line that never ends"')});
    record.output = () => {
      if (record.told.at(-1) !== 'killed') {
        record.told.push('killed');
        running.kill();
      }
    };
    expect((await record.death).how).toEqual({kind: 'signalled', signal: 'SIGKILL'});
  });
});

describe('the result of a process', () => {
  test('has the exit code, or the signal that ended it', async () => {
    for (const [text, how] of [
      ['exit 7', {kind: 'exited', code: 7}],
      ['kill -TERM $$', {kind: 'signalled', signal: 'SIGTERM'}],
      ['kill -SEGV $$', {kind: 'signalled', signal: 'SIGSEGV'}],
    ] as const) {
      const {record} = startProcess({spec: script(text)});
      expect((await record.death).how).toMatchObject(how);
    }
  });

  test('has the time from start to death', async () => {
    const startedAt = performance.now();
    const {record} = startProcess({spec: script('sleep 0.3')});
    const {durationMs} = await record.death;
    const outside = performance.now() - startedAt;
    expect(durationMs).toBeGreaterThanOrEqual(299);
    expect(durationMs).toBeLessThanOrEqual(outside + 2);
  });
});

describe('the log of an attempt', () => {
  test('that is full says how much is missing, and keeps the last lines in memory all the same', () => {
    const log = new AttemptLog(path.join(temporaryFolder(), 'a.log'), NO_SECRETS, 10);
    log.write('stdout', Buffer.from('0123456'));
    log.write('stdout', Buffer.from('789abc'));
    log.write('stdout', Buffer.from('def'));
    log.line('def');
    log.close();
    expect(readFileSync(log.path ?? '', 'utf8')).toBe(
      '0123456789\n[disjoint: 6 bytes of output were not kept]\n',
    );
    expect(log.tail).toEqual(['def']);
  });

  test('that cannot be made is not named in the result, and the work goes on without it', async () => {
    const root = temporaryFolder();
    writeFileSync(path.join(root, '.disjoint'), 'a file where the folder should be');
    const {record} = startProcess({spec: script('echo worked'), root});
    expect(await record.death).toMatchObject({
      how: {kind: 'exited', code: 0},
      logPath: null,
      tail: ['worked'],
    });
  });
});
