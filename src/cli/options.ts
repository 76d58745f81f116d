import {InvalidArgumentError} from 'commander';
import {MAX_PARALLEL_LIMIT} from '../api/limits.ts';

/** The options every command takes. */
export interface GlobalOptions {
  readonly repo?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly debug?: true;
}

/** `--max-parallel N`: an integer from 1 to 256. */
export const parseMaxParallel = (text: string): number => {
  const value = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= MAX_PARALLEL_LIMIT)) {
    throw new InvalidArgumentError(`E_ARG_RANGE 1..${MAX_PARALLEL_LIMIT}, integer`);
  }
  return value;
};
