import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import {fail, ok, type Result} from '../core/result.ts';
import {brief, type FileKind, type Problem, problem} from './problem.ts';

/** An alias that stands for more than this is no configuration any more, but a program that fills the memory. */
const ALIAS_EXPANSION_MAX = 100;
/** Looking one up takes as long as there are others. */
const ALIASES_MAX = 10_000;
/** Files of ours nest six deep. What reads YAML recurses: some thousand levels would end the process. */
const DEPTH_MAX = 100;
const POISONED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const YAML_TAG = 'tag:yaml.org,2002:';
/** The tags that name what JSON has too. Others make sets, dates, bytes or programs. */
const READ_TAGS: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => YAML_TAG + name),
);
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
    case 'TAG_RESOLVE_FAILED':
      return problem(
        source.kind,
        'TAG',
        `${place}: tags such as !!js/function are not read`,
        'remove the tag',
      );
    default:
      return problem(source.kind, 'SYNTAX', `${place}: ${brief(what)}`, 'correct the YAML there');
  }
};

/** The tokens of the file; `null` if they nest too deep for what reads them next. */
const tokensOf = (text: string, lines: LineCounter): readonly CST.Token[] | null => {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEPTH_MAX) return null;
  }
  return [...tokens, ...parser.end()];
};

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** The first key of a mapping that is none, or that stands there twice. In one pass: the library compares all pairs. */
const wrongKey = (map: YAMLMap, source: Source): Problem | null => {
  const seen = new Set<string>();
  for (const {key} of map.items) {
    const place = placeOf(source, startOf(key));
    if (!isScalar(key)) {
      return problem(source.kind, 'KEY', `${place}: a key must be plain text`, 'write it out as one word');
    }
    const name = String(key.value);
    if (POISONED_KEYS.has(name)) {
      return problem(source.kind, 'KEY', `${place}: "${name}" may not be a key`, 'choose another name');
    }
    if (seen.has(name)) {
      return problem(source.kind, 'DUPLICATE', `${place}: a key stands here twice`, 'remove one of the two');
    }
    seen.add(name);
  }
  return null;
};

/** What YAML allows and a file of ours does not, in the order of the file. */
const findForbidden = (document: Document, source: Source): Problem | null => {
  let found: Problem | null = null;
  /** What each name stands for, from where it was given on. */
  const anchors = new Map<string, unknown>();
  let aliases = 0;
  const end = (problemFound: Problem): symbol => {
    found = problemFound;
    return visit.BREAK;
  };
  const stop = (what: string, node: unknown, message: string, hint: string): symbol =>
    end(problem(source.kind, what, `${placeOf(source, startOf(node))}: ${message}`, hint));
  visit(document, (_, node, around) => {
    if (isPair(node)) return undefined;
    if (isAlias(node)) {
      const name = `*${brief(node.source)}`;
      const meant = anchors.get(node.source);
      if (meant === undefined) {
        return stop('SYNTAX', node, `${name} stands for nothing`, 'put &name before the value');
      }
      // Whoever walks through a value that holds itself never comes to an end.
      if (around.some((outer) => outer === meant)) {
        return stop(
          'COMPLEX',
          node,
          `${name} stands for a value that it is a part of`,
          'write the value out',
        );
      }
      return ++aliases > ALIASES_MAX ? end(tooManyAliases(source)) : undefined;
    }
    if (!isNode(node)) return undefined;
    if (node.tag !== undefined && !READ_TAGS.has(node.tag)) {
      const tag = brief(node.tag.replace(YAML_TAG, '!!'));
      return stop('TAG', node, `the tag ${tag} is not read`, 'remove the tag');
    }
    if ('anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isMap(node)) {
      const wrong = wrongKey(node, source);
      return wrong === null ? undefined : end(wrong);
    }
    if (isScalar(node) && node.type === 'PLAIN' && AMBIGUOUS_NUMBER.test(node.source ?? '')) {
      const digits = brief(node.source ?? '');
      const hint = `write "${digits}" for text, ${Number(node.source)} for the number`;
      return stop('AMBIGUOUS', node, `${digits} is octal to some readers and decimal to others`, hint);
    }
    return undefined;
  });
  return found;
};

const tooManyAliases = ({kind, shown}: Source): Problem =>
  problem(kind, 'COMPLEX', `${shown} repeats itself through too many aliases`, 'write the values out');

export interface ParsedYaml {
  readonly value: unknown;
  /** `file:line:column` of a value, by the keys that lead to it; of the nearest that exists. */
  readonly placeOf: (path: readonly PropertyKey[]) => string;
}

/** Parses YAML 1.2 (so JSON as well), strictly: what could be read in two ways is refused. Never throws. */
export const parseYaml = (kind: FileKind, text: string, shown: string): Result<ParsedYaml, Problem> => {
  const lines = new LineCounter();
  const source: Source = {kind, shown, lines};
  const tokens = tokensOf(text, lines);
  if (tokens === null) {
    const message = `${shown} nests more than ${DEPTH_MAX} levels deep`;
    return fail(problem(kind, 'COMPLEX', message, 'compare it with the documentation'));
  }
  const composer = new Composer({version: '1.2', strict: true, uniqueKeys: false, logLevel: 'error'});
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) throw new Error('Internal error: YAML without a document');
  const [error] = document.errors;
  if (error !== undefined) return fail(describeYamlError(source, error));
  if (second !== undefined) {
    const place = placeOf(source, second.range[0]);
    return fail(problem(kind, 'SYNTAX', `${place}: a second document begins here`, 'keep one of them'));
  }
  const forbidden = findForbidden(document, source);
  if (forbidden !== null) return fail(forbidden);
  const [warning] = document.warnings;
  if (warning !== undefined) return fail(describeYamlError(source, warning));
  let value: unknown;
  try {
    value = document.toJS({maxAliasCount: ALIAS_EXPANSION_MAX});
  } catch {
    return fail(tooManyAliases(source));
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
