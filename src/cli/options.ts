import {InvalidArgumentError} from 'commander';
import {MAX_PARALLEL_LIMIT} from '../api/limits.ts';
import type {Policy} from '../index.ts';

/** The options every command takes. */
export interface GlobalOptions {
  readonly repo?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly debug?: true;
}

/** What commands that run or simulate tasks may say in place of `disjoint.yaml`. */
export interface ScheduleOptions {
  readonly maxParallel?: number | 'auto';
  readonly policy?: Policy;
}

/** The schedule alone, of options that may hold others. */
export const scheduleOf = ({maxParallel, policy}: ScheduleOptions): ScheduleOptions => ({
  ...(maxParallel !== undefined && {maxParallel}),
  ...(policy !== undefined && {policy}),
});

/** `--max-parallel N`: an integer from 1 to 256, or `auto`. */
export const parseMaxParallel = (text: string): number | 'auto' => {
  if (text === 'auto') return text;
  const value = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= MAX_PARALLEL_LIMIT)) {
    throw new InvalidArgumentError(`E_ARG_RANGE 1..${MAX_PARALLEL_LIMIT}, integer, or auto`);
  }
  return value;
};

/** An integer within these, as commander parses it. */
export const integerWithin =
  (low: number, high: number) =>
  (text: string): number => {
    const value = /^-?\d+$/u.test(text) ? Number(text) : Number.NaN;
    if (!(value >= low && value <= high))
      throw new InvalidArgumentError(`E_ARG_RANGE ${low}..${high}, integer`);
    return value;
  };
