import type {Claim} from '../../core/claim/claim.ts';
import type {ProgramResult} from '../../core/failures.ts';
import type {OutputReader, Preset} from '../program.ts';
import {alternativesOf, coversAll} from './claim-patterns.ts';
import {EVENT_CHARACTERS_MAX, oneLine, parseJsonLine, textAt} from './json-line.ts';
import {withPreamble} from './preamble.ts';

/**
 * The patterns of a claim. They know `*` and `?` only. Whether a star crosses a slash, and whether `**\/` can stand for
 * nothing, differs between versions, so both readings of it are given.
 */
const patternsOf = (claim: Claim): readonly string[] => {
  if (coversAll(claim)) return ['**'];
  switch (claim.kind) {
    case 'path':
      return [claim.text];
    case 'directory':
      return [`${claim.text}**`];
    case 'glob':
      return alternativesOf(claim)
        .map((alternative) => alternative.replaceAll(/\[.[^\]]*\]/gu, '?'))
        .flatMap((alternative) => [alternative, alternative.replaceAll('**/', '')]);
  }
};

/** The last match wins, so "nothing" comes first. */
const permissions = (writes: readonly Claim[]): string => {
  const rules = new Map([
    ['*', 'deny'],
    ['**', 'deny'],
  ]);
  for (const pattern of writes.flatMap(patternsOf)) rules.set(pattern, 'allow');
  const edit = Object.fromEntries(rules);
  return JSON.stringify({permission: {edit, bash: 'deny', external_directory: 'deny'}});
};

const reader = (): OutputReader => {
  let result: ProgramResult = {kind: 'missing', expected: '"step_finish" event with reason "stop"'};
  let last = '';
  return {
    lineCharactersMax: EVENT_CHARACTERS_MAX,
    line: (text) => {
      const event = parseJsonLine(text);
      if (event === null) return text;
      switch (event['type']) {
        case 'step_finish':
          if (textAt(event, 'part', 'reason') === 'stop') result = {kind: 'success', text: last};
          return null;
        case 'error': {
          const said = oneLine(
            textAt(event, 'error', 'data', 'message') ?? textAt(event, 'error', 'name') ?? 'error',
          );
          result = {kind: 'failure', text: said};
          return said;
        }
        case 'text':
        case 'tool_use': {
          const said = textAt(event, 'part', 'text') ?? textAt(event, 'part', 'tool');
          if (said === null) return null;
          last = oneLine(said);
          return last;
        }
        default:
          return null;
      }
    },
    result: () => result,
  };
};

/** opencode, headless, with an edit map in its environment: exact files and globs, and no shell. */
export const opencode: Preset = {
  name: 'opencode',
  program: 'opencode',
  install: 'npm install -g opencode-ai',
  launch: ({spec, args}) => ({
    program: 'opencode',
    args: ['run', withPreamble(spec), '--format', 'json', ...args],
    set: {OPENCODE_CONFIG_CONTENT: permissions(spec.writes)},
    stdin: null,
    file: null,
    reader: reader(),
  }),
};
