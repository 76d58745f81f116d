/** One planted bug. `original` must stand in the file exactly once. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly original: string;
  readonly planted: string;
  /** A test file that has to fail, and words that have to stand in its failure. */
  readonly killedBy: string;
  readonly because: RegExp;
}

export const MUTANTS: readonly Mutant[] = [];

export const mutantNamed = (name: string): Mutant => {
  const mutant = MUTANTS.find((candidate) => candidate.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return mutant;
};
