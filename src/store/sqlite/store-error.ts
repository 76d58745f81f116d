import {isObject} from '../../core/shape.ts';
import type {ProcessIdentity} from '../../ports/process-identity.ts';

/** Who has the lease. */
export interface Holder extends ProcessIdentity {
  /** Wall time (ms) at which it took the lease. */
  readonly since: number;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new StoreError('corrupt', 'it does not say who has it');
  }
};

/** @throws StoreError `corrupt` if it is no text that was ever written. */
export const holderIn = (text: string | null): Holder | null => {
  if (text === null) return null;
  const value = parsed(text);
  if (!isObject(value)) return null;
  const {pid, startedAt, bootId, since} = value;
  return typeof pid === 'number' &&
    typeof startedAt === 'number' &&
    typeof bootId === 'string' &&
    typeof since === 'number'
    ? {pid, startedAt, bootId, since}
    : null;
};

/** What SQLite says of a file that is damaged, or none of its own. */
const DAMAGED = /SQLITE_(?:CORRUPT|NOTADB)|malformed|not a database/u;

/** What only one attempt may have was given to a second one. */
const EXCLUDED = /SQLITE_CONSTRAINT/u;

/** The disk or the file system does not do what SQLite asks of it. The driver has no code for a file it cannot open. */
const OF_SQLITE = /SQLITE_|ConnectionFailed/u;

/** Why a store cannot be used. */
export class StoreError extends Error {
  readonly reason: 'newer' | 'corrupt' | 'taken' | 'fenced' | 'excluded' | 'io';
  /** Who has the lease, if that is the reason. */
  readonly holder: Holder | null;

  constructor(reason: StoreError['reason'], message: string, holder: Holder | null = null) {
    super(message);
    this.name = 'StoreError';
    this.reason = reason;
    this.holder = holder;
  }

  /** Also of what SQLite says of the file or the disk; anything else is passed on. */
  static of(error: unknown): Error {
    if (error instanceof StoreError) return error;
    const said =
      error instanceof Error ? `${'code' in error ? String(error.code) : ''} ${error.message}` : '';
    if (EXCLUDED.test(said)) {
      const what = `two attempts would have one agent or write one file: ${said.trim()}`;
      return new StoreError('excluded', what);
    }
    if (DAMAGED.test(said)) return new StoreError('corrupt', said.trim());
    if (OF_SQLITE.test(said)) return new StoreError('io', said.trim());
    return error instanceof Error ? error : new Error(String(error));
  }
}
