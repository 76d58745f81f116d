/**
 * A longer event is not understood any more. Events repeat what a tool read or was refused to write, so they hold
 * whole files; cutting one after a line's ordinary length would lose the event that says how it all ended.
 */
export const EVENT_CHARACTERS_MAX = 4 * 1024 * 1024;

/** A JSON object from one line of an event stream; `null` for anything else. */
export const parseJsonLine = (line: string): Readonly<Record<string, unknown>> | null => {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
};

/** The text at a path of keys and indexes; `null` if there is none. */
export const textAt = (value: unknown, ...path: readonly (string | number)[]): string | null => {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return null;
    at = (at as Readonly<Record<string | number, unknown>>)[key];
  }
  return typeof at === 'string' ? at : null;
};

/** One line for people: line ends become spaces. */
export const oneLine = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();
