import {closest, distance} from 'fastest-levenshtein';
import type {z} from 'zod';
import {type FileKind, type Problem, problem} from './problem.ts';
import {COMMAND_MESSAGE, DURATION_MESSAGE} from './schema.ts';
import type {ParsedYaml} from './yaml.ts';

/** A word further away than this was not meant. */
const DISTANCE_MAX = 3;
const SHOWN_CHARACTERS_MAX = 80;

/** `did you mean "maxParallel"`, or the whole choice where nothing is near. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const nearest = known.length === 0 ? '' : closest(word, known);
  return nearest !== '' && distance(word, nearest) <= DISTANCE_MAX
    ? `did you mean "${nearest}"`
    : `known: ${known.join(', ')}`;
};

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
};

/** The words a YAML 1.1 reader would have taken for true or false, and YAML 1.2 does not. */
const OLD_BOOLEAN = /^(?:yes|no|on|off|y|n)$/iu;

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );

const isCollection = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** The keys a schema knows at the place of an issue. */
type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

/** The first thing a schema found wrong, in the words of the user's file. */
export const describeIssue = (
  kind: FileKind,
  issue: z.core.$ZodIssue,
  parsed: ParsedYaml,
  knownKeys: KnownKeys,
): Problem => {
  const place = parsed.placeOf(issue.path);
  const name = issue.path.map(String).join('.');
  const value = valueAt(parsed.value, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const at = parsed.placeOf([...issue.path, key]);
    const hint = didYouMean(key, knownKeys(issue.path));
    return problem(kind, 'KEY', `${at}: "${key}" is not known here`, hint, [...issue.path, key].join('.'));
  }
  if (issue.message === DURATION_MESSAGE) {
    const message = `${place}: ${name} is ${shown(value)}, which is no duration`;
    return {code: 'E_DURATION', message, hint: 'write 90s, 30m or 2h', field: name};
  }
  if (issue.message === COMMAND_MESSAGE) {
    const message = `${place}: ${name} must be a list with the program first`;
    return {
      code: 'E_COMMAND_SHAPE',
      message,
      hint: 'write [claude, -p, "{prompt}"]; nothing is passed through a shell',
      field: name,
    };
  }
  if (value === undefined) {
    return problem(
      kind,
      'VALUE',
      `${place}: ${name === '' ? 'it' : name} is missing`,
      issue.message.toLowerCase(),
      name,
    );
  }
  const hint =
    typeof value === 'string' && OLD_BOOLEAN.test(value) && issue.code === 'invalid_type'
      ? 'write true or false'
      : issue.code === 'invalid_type' && issue.expected === 'string' && !isCollection(value)
        ? `put it in quotes: "${JSON.stringify(value)}"`
        : issue.message.toLowerCase();
  return problem(
    kind,
    'VALUE',
    `${place}: ${name === '' ? 'the file' : name} is ${shown(value)}`,
    hint,
    name,
  );
};
