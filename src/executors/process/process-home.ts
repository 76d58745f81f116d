/** The versions of programs that have told theirs, by path; `null` for one that does not tell it. */
export interface KnownVersions {
  get(file: string): string | null | undefined;
  set(file: string, version: string | null): void;
}

/** Where and under which names a process runs. */
export interface ProcessHome {
  readonly root: string;
  readonly logPath: string;
  /** In the environment of everything the attempt starts, so that it can be found. Unique per attempt. */
  readonly mark: {readonly name: string; readonly value: string};
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `null` if nobody wants to know the version. */
  readonly versions: KnownVersions | null;
}
