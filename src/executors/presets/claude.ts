import type {Claim} from '../../core/claim/claim.ts';
import type {ProgramResult} from '../../core/failures.ts';
import type {OutputReader, Preset} from '../program.ts';
import {EVENT_CHARACTERS_MAX, oneLine, parseJsonLine, textAt} from './json-line.ts';
import {withPreamble} from './preamble.ts';

/** `Edit(/x)` is relative to the working directory, which is the root; it covers Write and MultiEdit too. */
const editRule = (claim: Claim): string => {
  if (claim.kind === 'directory') return claim.text === './' ? 'Edit(/**)' : `Edit(/${claim.text}**)`;
  return `Edit(/${claim.text})`;
};

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
      ...spec.writes.map(editRule),
      ...args,
    ],
    set: {},
    stdin: null,
    file: null,
    reader: reader(),
  }),
};
