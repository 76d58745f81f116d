import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {type CliOptions, commandLine, environmentFor} from './cli.ts';

/** Why faults cannot be injected here; `null` if they can. */
export const whyNoStrace = (): string | null => {
  const {error, status, stderr} = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], {encoding: 'utf8'});
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? null : `strace may not trace: ${stderr.trim().split('\n')[0]}`;
};

/** What a system call on some files comes to. */
export interface Fault {
  /** Such as `fsync,fdatasync`. */
  readonly calls: string;
  /** Such as `EIO`. */
  readonly error: string;
  /** Which of them fails: the third (`3`), or all from the third on (`3+`). */
  readonly when: string;
}

/**
 * Starts the built program, and has all of these system calls written down that it and whatever it starts make.
 *
 * @param into Absolute path of the file for them, one a line, with the paths of descriptors.
 */
export const startTraced = (
  args: readonly string[],
  calls: string,
  into: string,
  options: CliOptions,
): ChildProcess =>
  spawn('strace', ['-f', '-y', '-s', '500', '-o', into, '-e', `trace=${calls}`, ...commandLine(args)], {
    cwd: options.cwd,
    env: environmentFor(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/**
 * Starts the built program with faults in what it does with these files alone: for its agents the disk is well.
 *
 * @param files Absolute paths.
 */
export const startWithFault = (
  args: readonly string[],
  {calls, error, when}: Fault,
  files: readonly string[],
  options: CliOptions,
): ChildProcess => {
  const paths = files.flatMap((file) => ['-P', file]);
  const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}:when=${when}`];
  return spawn('strace', ['-f', '-o', '/dev/null', ...inject, ...paths, ...commandLine(args)], {
    cwd: options.cwd,
    env: environmentFor(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
};
