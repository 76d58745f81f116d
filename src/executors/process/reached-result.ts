import {closeSync, openSync, readSync} from 'node:fs';
import type {AttemptExit, ExitReason} from '../../core/failures.ts';
import type {TaskSpec} from '../../core/task.ts';
import type {OutputReader} from '../program.ts';
import {attemptFiles} from './attempt-files.ts';
import {AttemptTail} from './attempt-tail.ts';
import {launchOf} from './launch-of.ts';
import {LineSplitter} from './lines.ts';
import {readResult, type ShimResult} from './shim.ts';

/** An attempt of which nobody was told how it ended. */
export interface UntoldAttempt {
  readonly fence: number;
  readonly attempt: number;
  readonly spec: TaskSpec;
}

/** Whose attempts these were. Absolute paths. */
export interface UntoldRun {
  readonly root: string;
  readonly stateDir: string;
  readonly runId: string;
}

const CHUNK_BYTES = 256 * 1024;

/** Reads what was kept of the output once more. */
const readLog = (logPath: string, reader: OutputReader, tail: AttemptTail): boolean => {
  const lines = new LineSplitter((line) => {
    const shown = reader.line(line);
    if (shown !== null) tail.line(shown);
  }, reader.lineCharactersMax);
  try {
    const file = openSync(logPath, 'r');
    try {
      const bytes = Buffer.alloc(CHUNK_BYTES);
      for (let read = 1; read > 0; ) {
        read = readSync(file, bytes, 0, bytes.length, null);
        lines.write(bytes.subarray(0, read));
      }
      lines.end();
      return true;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
};

const howEnded = ({code, signal}: ShimResult, reader: OutputReader): ExitReason =>
  signal === null ? {kind: 'exited', code: code ?? 0, result: reader.result()} : {kind: 'signalled', signal};

/**
 * How an attempt of a run that was cut short ended, if its program came to its end before that: from what the shim wrote
 * down and the log. `null` if it did not, or if the log lacks what the program should have said of itself at its end.
 *
 * To be called only when nothing of that run is alive.
 */
export const reachedResult = (
  {fence, attempt, spec}: UntoldAttempt,
  {root, stateDir, runId}: UntoldRun,
): AttemptExit | null => {
  const {logPath, resultFile, scratch} = attemptFiles(stateDir, runId, {fence, taskId: spec.id, attempt});
  const launch = launchOf(spec, {root, scratch});
  const result = launch === null ? null : readResult(resultFile);
  if (launch === null || result === null) return null;
  const tail = new AttemptTail();
  const isRead = readLog(logPath, launch.reader, tail);
  const how = howEnded(result, launch.reader);
  if (how.kind === 'exited' && how.result.kind === 'missing') return null;
  const {durationMs} = result;
  return {how, durationMs, logPath: isRead ? logPath : null, tail: tail.lines, changed: null};
};
