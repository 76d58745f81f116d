import {parseDuration} from './duration.ts';

/** The value under a name, or nothing at all: an absent option must stay absent. */
export const optional = <K extends string, V>(
  name: K,
  value: V | null | undefined,
): {readonly [P in K]?: V} =>
  value === undefined || value === null ? {} : ({[name]: value} as {readonly [P in K]: V});

/** In ms; nothing where there is none. */
export const ms = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : (parseDuration(duration) ?? undefined);
