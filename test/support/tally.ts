/** Fewer runs than this tell nothing of how often a thing happens. */
const RUNS_MIN = 500;

/** Counts what happens while a property is tried. */
export class Tally {
  readonly #counts = new Map<string, number>();

  readonly tell = (what: string): void => {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  };

  /**
   * What happened less often per run than it should have. A generator that stopped reaching the interesting cases
   * would make a property true and worthless.
   */
  tooRare(runs: number, least: Readonly<Record<string, number>>): readonly string[] {
    if (runs < RUNS_MIN) return [];
    return Object.entries(least).flatMap(([what, perRun]) => {
      const seen = (this.#counts.get(what) ?? 0) / runs;
      return seen < perRun ? [`${what}: ${seen.toFixed(3)} times per run, not ${perRun}`] : [];
    });
  }
}
