import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import {fail, ok, type Result} from '../core/result.ts';
import {type FileKind, type Problem, problem} from './problem.ts';

/** More than this is no configuration any more, but a program that fills the memory. */
const ALIASES_MAX = 100;
const POISONED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Octal in YAML 1.1, decimal in YAML 1.2: whoever wrote it meant one of them. */
const AMBIGUOUS_NUMBER = /^[-+]?0[0-9]+$/u;

interface Source {
  readonly kind: FileKind;
  /** The name of the file as the user wrote it. */
  readonly shown: string;
  readonly lines: LineCounter;
}

const placeOf = ({shown, lines}: Source, offset: number | undefined): string => {
  if (offset === undefined) return shown;
  const {line, col} = lines.linePos(offset);
  return `${shown}:${line}:${col}`;
};

const describeYamlError = (source: Source, error: YAMLError): Problem => {
  const place = placeOf(source, error.pos[0]);
  const [first = ''] = error.message.split('\n');
  const what = first.replace(/ at line \d+, column \d+:?$/u, '');
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return problem(source.kind, 'DUPLICATE', `${place}: a key stands here twice`, 'remove one of the two');
    case 'TAG_RESOLVE_FAILED':
      return problem(
        source.kind,
        'TAG',
        `${place}: tags such as !!js/function are not read`,
        'remove the tag',
      );
    default:
      return problem(source.kind, 'SYNTAX', `${place}: ${what}`, 'correct the YAML there');
  }
};

/** What YAML allows and a file of ours does not, in the order of the file. */
const findForbidden = (document: Document, source: Source): Problem | null => {
  let found: Problem | null = null;
  const stop = (what: string, offset: number | undefined, message: string, hint: string): symbol => {
    found = problem(source.kind, what, `${placeOf(source, offset)}: ${message}`, hint);
    return visit.BREAK;
  };
  visit(document, (_, node) => {
    if (isPair(node)) {
      const key = isScalar(node.key) ? String(node.key.value) : '';
      const offset = isNode(node.key) ? node.key.range?.[0] : undefined;
      if (POISONED_KEYS.has(key))
        return stop('KEY', offset, `"${key}" may not be a key`, 'choose another name');
      return undefined;
    }
    if (isAlias(node)) return undefined;
    if (isNode(node) && node.tag?.startsWith('!') === true) {
      return stop('TAG', node.range?.[0], `the tag ${node.tag} is not read`, 'remove the tag');
    }
    if (isScalar(node) && node.type === 'PLAIN' && AMBIGUOUS_NUMBER.test(node.source ?? '')) {
      const digits = node.source ?? '';
      const hint = `write "${digits}" for text, ${Number(digits)} for the number`;
      return stop(
        'AMBIGUOUS',
        node.range?.[0],
        `${digits} is octal to some readers and decimal to others`,
        hint,
      );
    }
    return undefined;
  });
  return found;
};

export interface ParsedYaml {
  readonly value: unknown;
  /** `file:line:column` of a value, by the keys that lead to it; of the nearest that exists. */
  readonly placeOf: (path: readonly PropertyKey[]) => string;
}

/** Parses YAML 1.2 (so JSON as well), strictly: what could be read in two ways is refused. */
export const parseYaml = (kind: FileKind, text: string, shown: string): Result<ParsedYaml, Problem> => {
  const lines = new LineCounter();
  const source: Source = {kind, shown, lines};
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    prettyErrors: true,
    strict: true,
  });
  const [error] = document.errors;
  if (error !== undefined) return fail(describeYamlError(source, error));
  const forbidden = findForbidden(document, source);
  if (forbidden !== null) return fail(forbidden);
  const [warning] = document.warnings;
  if (warning !== undefined) return fail(describeYamlError(source, warning));
  let value: unknown;
  try {
    value = document.toJS({maxAliasCount: ALIASES_MAX});
  } catch {
    return fail(
      problem(kind, 'COMPLEX', `${shown} repeats itself through too many aliases`, 'write the values out'),
    );
  }
  return ok({value, placeOf: (path) => nearestPlace(document, source, path)});
};

const nearestPlace = (document: Document, source: Source, path: readonly PropertyKey[]): string => {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair !== undefined && isNode(pair.key)) return placeOf(source, pair.key.range?.[0]);
    }
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return placeOf(source, node.range?.[0]);
  }
  return source.shown;
};
