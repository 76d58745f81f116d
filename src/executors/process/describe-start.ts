import {existsSync} from 'node:fs';

/** Why nothing ever ran, and what to do about it. */
export interface StartProblem {
  /** One sentence without a full stop. */
  readonly message: string;
  readonly hint: string;
}

/** There is nothing executable under the name or path that the configuration gives. */
export const describeMissing = (program: string): StartProblem =>
  program.includes('/')
    ? {
        message: `there is no file ${program} that may be executed`,
        hint: 'correct the path in "command", or make the file executable: chmod +x',
      }
    : {
        message: `there is no program "${program}" on PATH`,
        hint: 'install it, or correct "command" or "use"',
      };

/** "Not there" is said of the program, of the folder it should run in, and of its interpreter alike. */
const describeNotThere = (program: string, folder: string): StartProblem => {
  if (!existsSync(folder)) {
    return {message: `the folder ${folder} is not there any more`, hint: 'make it again'};
  }
  return existsSync(program)
    ? {
        message: `the interpreter that ${program} names in its first line is not there`,
        hint: 'install it, or correct that line',
      }
    : {message: `${program} is not there any more`, hint: 'install it again'};
};

/** Why the operating system did not start a program that was found. */
export const describeSpawnError = (
  error: NodeJS.ErrnoException,
  program: string,
  folder: string,
): StartProblem => {
  switch (error.code) {
    case 'ENOENT':
      return describeNotThere(program, folder);
    case 'EACCES':
      return {message: `${program} may not be executed`, hint: 'make it executable: chmod +x'};
    case 'E2BIG':
      return {
        message: `the arguments for ${program} are too long`,
        hint: 'shorten the description of the task, or say prompt: stdin',
      };
    case 'ERR_INVALID_ARG_VALUE':
      // The message of Node repeats the whole text, which can be 100 kB.
      return {
        message: `the arguments or variables for ${program} contain a NUL character`,
        hint: 'remove it from the description of the task, or from "env"',
      };
    case 'EAGAIN':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return {message: `the system cannot start another process (${error.code})`, hint: 'lower maxParallel'};
    default:
      return {message: `${program}: ${error.message}`, hint: 'run it by hand to see more'};
  }
};
