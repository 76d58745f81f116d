import type {Claim} from '../../core/claim/claim.ts';
import type {ProgramResult} from '../../core/failures.ts';
import type {OutputReader, Preset} from '../program.ts';
import {alternativesOf, coversAll} from './claim-patterns.ts';
import {EVENT_CHARACTERS_MAX, oneLine, parseJsonLine, textAt} from './json-line.ts';
import {withPreamble} from './preamble.ts';

/** The characters that gitignore patterns give a meaning to, and the spaces at the end, which they drop. */
const escapeGitignore = (text: string): string =>
  text.replaceAll(/[*?[\]]/gu, '\\$&').replace(/ +$/u, (spaces) => '\\ '.repeat(spaces.length));

/** The gitignore patterns of a claim, from the root down. These know no braces. */
const patternsOf = (claim: Claim): readonly string[] => {
  if (coversAll(claim)) return ['/**'];
  switch (claim.kind) {
    case 'path':
      return [`/${escapeGitignore(claim.text)}`];
    case 'directory':
      return [`/${escapeGitignore(claim.text)}**`];
    case 'glob':
      return alternativesOf(claim).map((alternative) => `/${alternative}`);
  }
};

/**
 * `Edit(/x)` is relative to the working directory, which is the root; it covers Write and MultiEdit too. The list of
 * rules is cut at spaces and commas outside parentheses, and a `)` in a path counts as the closing one: where that
 * would cut a rule in two, "any character" stands in its place.
 */
const editRules = (claim: Claim): readonly string[] =>
  patternsOf(claim).map((pattern) =>
    /\).*[ ,]/u.test(pattern) ? `Edit(${pattern.replaceAll(')', '?')})` : `Edit(${pattern})`,
  );

const reader = (): OutputReader => {
  let result: ProgramResult = {kind: 'missing', expected: '"result" event'};
  return {
    lineCharactersMax: EVENT_CHARACTERS_MAX,
    line: (text) => {
      const event = parseJsonLine(text);
      if (event === null) return text;
      if (event['type'] === 'result') {
        const said = textAt(event, 'result') ?? textAt(event, 'subtype') ?? '';
        const succeeded = event['is_error'] !== true && event['subtype'] === 'success';
        result = {kind: succeeded ? 'success' : 'failure', text: oneLine(said)};
        return oneLine(said);
      }
      if (event['type'] !== 'assistant') return null;
      const said = textAt(event, 'message', 'content', 0, 'text');
      if (said !== null) return oneLine(said);
      const tool = textAt(event, 'message', 'content', 0, 'name');
      const file = textAt(event, 'message', 'content', 0, 'input', 'file_path');
      return tool === null ? null : `${tool}${file === null ? '' : ` ${file}`}`;
    },
    result: () => result,
  };
};

/**
 * Claude Code, headless. `dontAsk` refuses what no rule allows instead of asking nobody; redirects in shell
 * commands are judged by the same `Edit` rules.
 */
export const claude: Preset = {
  name: 'claude',
  program: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',
  launch: ({spec, args}) => ({
    program: 'claude',
    args: [
      '-p',
      withPreamble(spec),
      '--output-format',
      'stream-json',
      '--verbose',
      '--permission-mode',
      'dontAsk',
      '--allowedTools',
      'Read',
      'Glob',
      'Grep',
      ...spec.writes.flatMap(editRules),
      ...args,
    ],
    set: {},
    stdin: null,
    file: null,
    reader: reader(),
  }),
};
