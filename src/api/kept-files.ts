import {lstatSync} from 'node:fs';

/** Which file or folder it is, whatever its name; `null` if there is none. */
const identityOf = (file: string): string | null => {
  try {
    const {dev, ino} = lstatSync(file, {bigint: true});
    return `${dev}-${ino}`;
  } catch {
    return null;
  }
};

/**
 * Files and folders that a run has opened: they have to stay the same ones. One that was deleted is still open for whoever opened it,
 * so that it notices nothing by itself, while the next one would make another in its place.
 */
export class KeptFiles {
  readonly #identities: readonly (readonly [file: string, identity: string | null])[];

  /** @param files Absolute paths, the most telling one first. They are there now. */
  constructor(files: readonly string[]) {
    this.#identities = files.map((file) => [file, identityOf(file)]);
  }

  /** The first that is not there any more, or is another one by now; `null` if there is none. Costs one look at each. */
  lost(): string | null {
    return this.#identities.find(([file, identity]) => identityOf(file) !== identity)?.[0] ?? null;
  }
}
