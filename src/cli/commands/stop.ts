import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {plural} from '../render/text.ts';
import {clientOf, isNotRunning} from '../seen-run.ts';

export interface StopOptions {
  readonly now?: true;
  readonly wait?: boolean;
}

/** So often it is looked whether a run that has told all is gone (ms). */
const LOOK_MS = 50;

const runningText = (running: number, now: boolean): string => {
  if (running === 0) return 'stopping: nothing runs';
  return now
    ? `stopping: ${plural(running, 'running task')} told to stop`
    : `stopping: ${plural(running, 'running task')} to be finished first; "disjoint stop --now" ends what runs`;
};

/** `disjoint stop`: ends the run, and waits until it has ended, so that the next one can begin. */
export const stop = async (context: CommandContext, {now, wait = true}: StopOptions): CommandResult => {
  const {terminal, globals} = context;
  const client = await clientOf(context);
  const isNow = now === true;
  const {lastSeq, runId} = await client.ask('info');
  const {running} = await client.ask('stop', {body: {now: isNow}});
  if (globals.json !== true && globals.quiet !== true) terminal.line(runningText(running, isNow));
  if (wait) {
    try {
      for await (const _ of client.events(lastSeq)) if (terminal.isOver) return ExitCode.ok;
      // It has told all; what it holds is free once nobody listens any more.
      while ((await client.ask('info')).runId === runId) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    } catch (error) {
      if (!isNotRunning(error) && !isCutOff(error)) throw error;
    }
  }
  if (globals.json === true) terminal.line(JSON.stringify({running, ended: wait}));
  else if (globals.quiet !== true && wait) terminal.line('stopped');
  return ExitCode.ok;
};

/** It was asked as it went. */
const isCutOff = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'E_NO_ANSWER';
