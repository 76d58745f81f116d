import type {ChildProcess} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach} from 'vitest';
import {type CliResult, folderWith, printed, resultOf, runCli, SHELL_CONFIG, startCli} from './cli.ts';

/** A project with a run that goes on, and other terminals in which commands are given. */
export interface Served {
  readonly cwd: string;
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  /** Runs a command in another terminal. */
  readonly other: (...args: readonly string[]) => Promise<CliResult>;
}

const started: {readonly child: ChildProcess; readonly ended: Promise<unknown>}[] = [];

afterEach(async () => {
  for (const {child, ended} of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGQUIT');
    await ended;
  }
});

/** What a task that waits for the test is told. */
export const UNTIL_GO = 'until [ -e go ]; do sleep 0.02; done';

/** Lets them go on. */
export const letGo = (cwd: string): void => writeFileSync(path.join(cwd, 'go'), '');

/** Nothing of how busy this machine is may decide what a test sees. */
export const STEADY_CONFIG = `resources: false\n${SHELL_CONFIG}`;

/** Starts a command that runs tasks, and waits until it has printed this. It is ended with the test. */
export const startRun = async (
  args: readonly string[],
  says: RegExp,
  files: Readonly<Record<string, string>> = {},
): Promise<Served> => {
  const cwd = folderWith({'disjoint.yaml': STEADY_CONFIG, ...files});
  const child = startCli(args, {cwd});
  const ended = resultOf(child);
  started.push({child, ended});
  await printed(child, says);
  return {cwd, child, ended, other: (...others) => runCli(others, {cwd})};
};

/** `disjoint serve` in a project of its own. */
export const serving = (files: Readonly<Record<string, string>> = {}): Promise<Served> =>
  startRun(['serve'], /Serving/u, files);
