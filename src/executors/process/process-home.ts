import type {Redactor} from '../../core/secrets/redactor.ts';
import type {Shims} from './shims.ts';

/** The versions of programs that have told theirs, by path; `null` for one that does not tell it. */
export interface KnownVersions {
  get(file: string): string | null | undefined;
  set(file: string, version: string | null): void;
}

/** A repository that is taken for the run. */
export interface TakenRepository {
  /** Of the local API. */
  readonly socket: string;
  /** In the environment of everything that is started under its lock. */
  readonly mark: string;
}

/** Where and under which names a process runs. */
export interface ProcessHome {
  readonly root: string;
  readonly logPath: string;
  /** How the program ended is written there, also when nobody is there to be told. */
  readonly resultFile: string;
  /** In the environment of everything the attempt starts, so that it can be found. Unique per attempt. */
  readonly mark: {readonly name: string; readonly value: string};
  /** Of the local API; `null` if nobody listens. */
  readonly socket: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What must not be written down: for text, and for bytes that are each one character. */
  readonly redactor: Redactor;
  readonly bytesRedactor: Redactor;
  readonly shims: Shims;
  /** `null` if nobody wants to know the version. */
  readonly versions: KnownVersions | null;
}
