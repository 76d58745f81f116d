import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {TaskSpec} from '../../../src/core/task.ts';
import {attemptFiles} from '../../../src/executors/process/attempt-files.ts';
import {reachedResult} from '../../../src/executors/process/reached-result.ts';
import {
  AttemptRecord,
  attemptRequest,
  command,
  processExecutor,
  RUN_ID,
  script,
} from '../../support/attempts.ts';
import {EVENT_STREAMS} from '../../support/fake-agents/streams.ts';
import {taskSpec} from '../../support/task-spec.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const PRESET: Partial<TaskSpec> = {work: {kind: 'preset', preset: 'claude', args: []}};

/** What is found of an attempt of which these files are left. */
const found = (spec: Partial<TaskSpec>, files: {readonly result?: object; readonly log?: string}) => {
  const root = temporaryFolder();
  const run = {root, stateDir: path.join(root, '.disjoint'), runId: 'run-1'};
  const untold = {fence: 7, attempt: 2, spec: taskSpec({id: 'T1', ...spec})};
  const {logPath, resultFile} = attemptFiles(run.stateDir, run.runId, {fence: 7, taskId: 'T1', attempt: 2});
  mkdirSync(path.dirname(logPath), {recursive: true});
  if (files.result !== undefined) writeFileSync(resultFile, JSON.stringify(files.result));
  if (files.log !== undefined) writeFileSync(logPath, files.log);
  return {exit: reachedResult(untold, run), logPath};
};

const SUCCESS = {code: 0, signal: null, durationMs: 1_234};

describe('the end of an attempt that nobody was told of', () => {
  test('is what its shim wrote down, with the last lines of its log', () => {
    const log = Array.from({length: 30}, (_, i) => `line ${i + 1}\n`).join('');
    const {exit, logPath} = found(command('true'), {result: SUCCESS, log});
    expect(exit).toEqual({
      how: {kind: 'exited', code: 0, result: {kind: 'not-expected'}},
      durationMs: 1_234,
      logPath,
      tail: Array.from({length: 20}, (_, i) => `line ${i + 11}`),
      changed: null,
    });
    expect(
      found(command('true'), {result: {code: null, signal: 'SIGSEGV', durationMs: 1}}).exit,
    ).toMatchObject({
      how: {kind: 'signalled', signal: 'SIGSEGV'},
      logPath: null,
      tail: [],
    });
  });

  test('of an agent CLI has what it said of itself, and is not known where that is missing', () => {
    const {work, success} = EVENT_STREAMS.claude;
    const lines = [...work, success].map((line) => `${line}\n`);
    expect(found(PRESET, {result: SUCCESS, log: lines.join('')}).exit).toMatchObject({
      how: {kind: 'exited', code: 0, result: {kind: 'success'}},
    });
    expect(found(PRESET, {result: SUCCESS, log: lines.slice(0, -1).join('')}).exit).toBeNull();
    expect(found(PRESET, {result: SUCCESS}).exit).toBeNull();
  });

  test('is not known where nothing was written down, or the work was no program', () => {
    expect(found(command('true'), {log: 'x'}).exit).toBeNull();
    expect(found({work: {kind: 'function'}}, {result: SUCCESS}).exit).toBeNull();
    expect(found({work: {kind: 'preset', preset: 'nobody', args: []}}, {result: SUCCESS}).exit).toBeNull();
  });

  test('is the same that was told, where somebody was', async () => {
    for (const text of ['echo one; echo two >&2; exit 0', 'echo three; exit 4', 'kill -SEGV $$']) {
      const root = temporaryFolder();
      const record = new AttemptRecord();
      const request = attemptRequest(script(text));
      processExecutor(root).start(request, record);
      const told = await record.death;
      const run = {root, stateDir: path.join(root, '.disjoint'), runId: RUN_ID};
      const {fence, attempt, spec} = request;
      expect(reachedResult({fence, attempt, spec}, run)).toEqual({
        ...told,
        durationMs: expect.any(Number) as number,
        // What came first on which of its outputs cannot be told.
        tail: expect.arrayContaining([...told.tail]) as readonly string[],
      });
      rmSync(run.stateDir, {recursive: true});
    }
  });
});
