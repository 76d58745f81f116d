import type {Claim} from '../../core/claim/claim.ts';
import type {ProgramResult} from '../../core/failures.ts';
import type {OutputReader, Preset} from '../program.ts';
import {literalDirectory, namesOneFile} from './claim-patterns.ts';
import {EVENT_CHARACTERS_MAX, oneLine, parseJsonLine, textAt} from './json-line.ts';
import {withPreamble} from './preamble.ts';

/**
 * The directory that has to be writable for a claim. Codex takes directories only: an exact file as `write` breaks
 * every command it runs, so a file opens its folder.
 */
const writableDirectory = (claim: Claim): string => {
  const directory = literalDirectory(claim);
  return (namesOneFile(claim) ? directory.slice(0, -1) : directory).join('/') || '.';
};

/** A TOML basic string; JSON's escapes are a subset of TOML's. */
const toml = (text: string): string => JSON.stringify(text);

const filesystemProfile = (writes: readonly Claim[]): string => {
  const rights = new Map<string, string>([['.', 'read']]);
  for (const claim of writes) rights.set(writableDirectory(claim), 'write');
  const roots = [...rights].map(([directory, right]) => `${toml(directory)}=${toml(right)}`).join(',');
  return `{":root"="read",":workspace_roots"={${roots}}}`;
};

const reader = (): OutputReader => {
  let result: ProgramResult = {kind: 'missing', expected: '"turn.completed" event'};
  let last = '';
  return {
    lineCharactersMax: EVENT_CHARACTERS_MAX,
    line: (text) => {
      const event = parseJsonLine(text);
      if (event === null) return text;
      switch (event['type']) {
        case 'turn.completed':
          result = {kind: 'success', text: last};
          return null;
        case 'turn.failed': {
          const said = oneLine(textAt(event, 'error', 'message') ?? 'turn.failed');
          result = {kind: 'failure', text: said};
          return said;
        }
        // Told of a lost connection too, which it may find again: only the end of the turn says how it went.
        case 'error':
          return oneLine(textAt(event, 'message') ?? 'error');
        case 'item.completed': {
          const said = textAt(event, 'item', 'text') ?? textAt(event, 'item', 'command');
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

/** Codex, headless, with a permission profile for the claimed directories. */
export const codex: Preset = {
  name: 'codex',
  program: 'codex',
  install: 'npm install -g @openai/codex',
  launch: ({spec, args}) => ({
    program: 'codex',
    args: [
      'exec',
      '--json',
      '--skip-git-repo-check',
      '-c',
      'default_permissions="task"',
      '-c',
      `permissions.task.filesystem=${filesystemProfile(spec.writes)}`,
      ...args,
      withPreamble(spec),
    ],
    set: {},
    stdin: null,
    file: null,
    reader: reader(),
  }),
};
