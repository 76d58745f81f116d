import {createReadStream} from 'node:fs';
import {open, stat} from 'node:fs/promises';
import {DisjointError} from '../../api/errors.ts';
import type {TaskDetails} from '../../api/task-details.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {inputLines} from '../input-lines.ts';
import {safe} from '../render/text.ts';
import {isNotRunning, type SeenRun, seeRun} from '../seen-run.ts';

export interface LogsOptions {
  readonly follow?: true;
  readonly attempt?: number;
}

/** So often a log that is written is looked at (ms). */
const LOOK_MS = 200;

interface Log {
  readonly attempt: number;
  readonly path: string;
  readonly hasEnded: boolean;
}

/** The log of an attempt that there is or was: the latest, or the one that is asked for. */
const logOf = ({id, attempts, state}: TaskDetails, asked: number | undefined): Log => {
  const attempt = asked === undefined ? attempts.at(-1) : attempts.find((one) => one.attempt === asked);
  if (attempt === undefined) {
    const what =
      asked === undefined ? `task ${id} has not run: it is ${state}` : `task ${id} has no attempt ${asked}`;
    const hint = attempts.length === 0 ? `see "disjoint why ${id}"` : `it has ${attempts.length}`;
    throw new DisjointError('E_NO_LOG', what, hint);
  }
  if (attempt.logPath === null)
    throw new DisjointError('E_NO_LOG', `task ${id} prints into no log`, 'it is a function');
  return {attempt: attempt.attempt, path: attempt.logPath, hasEnded: attempt.endedAt !== null};
};

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => null))?.size ?? 0;

/** A longer line is printed before it is whole. */
const LINE_BYTES_MAX = 64 * 1024;

/** Where the last whole line of a part ends. */
const endOfLines = async (file: string, from: number, to: number): Promise<number> => {
  const length = Math.min(to - from, LINE_BYTES_MAX);
  if (length <= 0) return from;
  const handle = await open(file);
  try {
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(length), 0, length, to - length);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf('\n');
    if (newline !== -1) return to - length + newline + 1;
    return length < LINE_BYTES_MAX ? from : to;
  } finally {
    await handle.close();
  }
};

/** Prints a part of a file. */
const printPart = async (
  {terminal, globals}: CommandContext,
  {path, attempt}: Log,
  from: number,
  to: number,
): Promise<void> => {
  if (to <= from) return;
  for await (const lines of inputLines(createReadStream(path, {start: from, end: to - 1}))) {
    for (const line of lines) {
      const text = typeof line === 'string' ? line : '(a line that is no text, or too long)';
      terminal.line(globals.json === true ? JSON.stringify({attempt, text}) : safe(text));
    }
    // Faster than anybody reads it, it would be dropped.
    if (!(await terminal.flush()) || terminal.isOver) return;
  }
};

/** The latest state of a task, whether or not its run is still there. */
const taskNow = async (context: CommandContext, run: SeenRun, id: string): Promise<TaskDetails> => {
  try {
    return await run.task(id);
  } catch (error) {
    if (!isNotRunning(error)) throw error;
    const past = await seeRun({...context, globals: {...context.globals, quiet: true}});
    return past.task(id);
  }
};

/** `disjoint logs TASK`: what it printed; with `-f` also what it will, until it ends. */
export const logs = async (
  context: CommandContext,
  id: string,
  {follow, attempt}: LogsOptions,
): CommandResult => {
  const {terminal} = context;
  const run = await seeRun(context);
  let log = logOf(await run.task(id), attempt);
  let printed = 0;
  for (;;) {
    // What it had printed by then is in the file when its end is told.
    const size = await sizeOf(log.path);
    const isLast = follow !== true || log.hasEnded || run.live === null;
    const end = isLast ? size : await endOfLines(log.path, printed, size);
    await printPart(context, log, printed, end);
    printed = end;
    if (isLast || terminal.isOver) return ExitCode.ok;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    log = logOf(await taskNow(context, run, id), log.attempt);
  }
};
