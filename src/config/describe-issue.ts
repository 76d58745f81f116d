import {distance} from 'fastest-levenshtein';
import type {z} from 'zod';
import {DURATION_FORM} from './duration.ts';
import {brief, type InputKind, type Problem, problem} from './problem.ts';
import {COMMAND_MESSAGE, DURATION_MESSAGE} from './schema.ts';
import type {ParsedYaml} from './yaml.ts';

/** A word that differs in more than this share of its letters was not meant. Two letters swapped count twice. */
const DIFFERENT_MAX = 2 / 5;
const SHOWN_CHARACTERS_MAX = 80;

/** The known word that was most likely meant; `null` if none is near. Case is no difference. */
const nearest = (word: string, known: readonly string[]): string | null => {
  let best: {readonly name: string; readonly far: number} | null = null;
  for (const name of known) {
    const far = distance(word.toLowerCase(), name.toLowerCase());
    const isNear = far <= Math.max(word.length, name.length) * DIFFERENT_MAX;
    if (isNear && (best === null || far < best.far)) best = {name, far};
  }
  return best?.name ?? null;
};

/** `did you mean "maxParallel"`, or the whole choice where nothing is near. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const meant = nearest(word, known);
  if (known.length === 0) return 'leave it out';
  return meant === null ? `known: ${known.join(', ')}` : `did you mean "${meant}"`;
};

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );

const isCollection = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** What a value must be, by the name that the schema library has for it. */
const MUST_BE: Readonly<Record<string, string>> = {
  object: 'it must be an object: keys with values',
  record: 'it must be an object: keys with values',
  array: 'it must be a list: [one, other]',
  number: 'it must be a whole number',
  int: 'it must be a whole number',
  boolean: 'write true or false',
  string: 'it must be text',
};

const isTextExpected = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'invalid_type' && issue.expected === 'string';

/** What to write in its place. */
const hintFor = (issue: z.core.$ZodIssue, value: unknown): string => {
  if (isTextExpected(issue) && value !== undefined && !isCollection(value))
    return `put it in quotes: "${JSON.stringify(value)}"`;
  if (issue.code === 'invalid_type') return MUST_BE[issue.expected] ?? issue.message.toLowerCase();
  if (issue.code === 'too_big') return `at most ${issue.maximum} is allowed`;
  if (issue.code === 'too_small') return `at least ${issue.minimum} is allowed`;
  return issue.message.toLowerCase();
};

/** What is wrong with a duration: its form, or that it is out of range. */
const describeDuration = (value: unknown): {readonly what: string; readonly hint: string} => {
  const isInForm = typeof value === 'string' && DURATION_FORM.test(value);
  if (!isInForm) return {what: 'no duration', hint: 'write 90s, 30m or 2h'};
  return {what: Number.parseFloat(value) < 1 ? 'too short' : 'too long', hint: 'allowed: 1ms to 596h'};
};

const emptyFile = (kind: InputKind, place: string): Problem =>
  kind === 'plan'
    ? problem('plan', 'EMPTY', `${place} is empty`, 'add at least one task under "tasks"')
    : problem('config', 'VALUE', `${place} is empty`, 'add at least one agent type under "agents"');

/** The keys a schema knows at the place of an issue. */
type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

/** The first thing a schema found wrong, in the words of the user's file. */
export const describeIssue = (
  kind: InputKind,
  issue: z.core.$ZodIssue,
  parsed: ParsedYaml,
  knownKeys: KnownKeys,
): Problem => {
  const place = parsed.placeOf(issue.path);
  const path = issue.path.map(String).join('.');
  const name = brief(path);
  const value = valueAt(parsed.value, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const at = parsed.placeOf([...issue.path, key]);
    const hint = didYouMean(key, knownKeys(issue.path));
    return problem(
      kind,
      'KEY',
      `${at}: "${brief(key)}" is not known here`,
      hint,
      [...issue.path, key].join('.'),
    );
  }
  if (issue.message === DURATION_MESSAGE) {
    const {what, hint} = describeDuration(value);
    return {
      code: 'E_DURATION',
      message: `${place}: ${name} is ${shown(value)}, which is ${what}`,
      hint,
      field: path,
    };
  }
  if (issue.message === COMMAND_MESSAGE) {
    const message = `${place}: ${name} must be a list with the program first`;
    return {
      code: 'E_COMMAND_SHAPE',
      message,
      hint: 'write [claude, -p, "{prompt}"]; nothing is passed through a shell',
      field: path,
    };
  }
  // What an empty file, or one of comments alone, is to a reader of YAML.
  if (parsed.value === null && kind !== 'request') return emptyFile(kind, place);
  const hint = hintFor(issue, value);
  if (value === undefined) {
    return problem(kind, 'VALUE', `${place}: ${name === '' ? 'it' : name} is missing`, hint, path);
  }
  return problem(
    kind,
    'VALUE',
    `${place}: ${name === '' ? (kind === 'request' ? 'it' : 'the file') : name} is ${shown(value)}`,
    hint,
    path,
  );
};
