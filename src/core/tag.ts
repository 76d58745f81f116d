/** Something that several agent types use up together, such as the rate limit of a model. */
export type Tag = string;

/** How many tasks of a tag may run at once. */
export type TagLimits = ReadonlyMap<Tag, number>;

/** A tag that reported to be used up. */
export interface TagPause {
  /** Nothing with this tag starts before that (ms); `null` once it has passed. */
  readonly untilMs: number | null;
  /** How many pauses there were since something with this tag succeeded: each lasts twice as long. */
  readonly times: number;
}
