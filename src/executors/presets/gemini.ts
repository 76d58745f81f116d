import type {Claim} from '../../core/claim/claim.ts';
import type {ProgramResult} from '../../core/failures.ts';
import type {OutputReader, Preset} from '../program.ts';
import {literalDirectory, namesOneFile} from './claim-patterns.ts';
import {EVENT_CHARACTERS_MAX, oneLine, parseJsonLine, textAt} from './json-line.ts';
import {withPreamble} from './preamble.ts';

/** What is kept of the last words. */
const LAST_WORDS_MAX = 64 * 1024;

const escapeRegExp = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');

/** The path as it stands inside the JSON of a tool call, escaped for a regular expression. */
const inJson = (path: string): string => escapeRegExp(JSON.stringify(path).slice(1, -1));

/**
 * A regular expression over the JSON arguments of the edit tools. A glob opens its literal directory. Names below a
 * directory may not climb out of it again.
 */
const argsPattern = (root: string, claim: Claim): string => {
  const place = inJson([root, ...literalDirectory(claim)].join('/'));
  return namesOneFile(claim)
    ? `"file_path":"${place}"`
    : String.raw`"file_path":"${place}\/(?![^"]*\.\.\/)[^"]*"`;
};

/** A TOML string. A literal one takes every character but `'`; JSON's escapes are a subset of those of the other. */
const tomlString = (text: string): string => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);

const policy = (root: string, writes: readonly Claim[]): string => {
  const allow = writes.map(
    (claim) =>
      `[[rule]]\ntoolName = ["write_file", "replace"]\nargsPattern = ${tomlString(argsPattern(root, claim))}\ndecision = "allow"\npriority = 900\n`,
  );
  const deny =
    '[[rule]]\ntoolName = ["write_file", "replace", "run_shell_command"]\ndecision = "deny"\npriority = 800\n';
  return [...allow, deny].join('\n');
};

const reader = (): OutputReader => {
  let result: ProgramResult = {kind: 'missing', expected: '"result" event'};
  let last = '';
  let isSpeaking = false;
  return {
    lineCharactersMax: EVENT_CHARACTERS_MAX,
    line: (text) => {
      const event = parseJsonLine(text);
      if (event === null) return text;
      if (event['type'] === 'result') {
        const succeeded = event['status'] === 'success';
        const said = textAt(event, 'error', 'message') ?? textAt(event, 'status') ?? 'no status';
        result = succeeded ? {kind: 'success', text: oneLine(last)} : {kind: 'failure', text: oneLine(said)};
        return null;
      }
      const said = textAt(event, 'content') ?? textAt(event, 'tool_name');
      if (said === null || event['role'] === 'user') return null;
      // What it says comes in pieces; the last words are all pieces since it last did something else.
      last = event['delta'] === true && isSpeaking ? (last + said).slice(0, LAST_WORDS_MAX) : said;
      isSpeaking = event['delta'] === true;
      return oneLine(said);
    },
    result: () => result,
  };
};

/** Gemini CLI, headless, with a policy file: edits of claimed files only, and no shell. */
export const gemini: Preset = {
  name: 'gemini',
  program: 'gemini',
  install: 'npm install -g @google/gemini-cli',
  launch: ({spec, args, root, scratch}) => {
    const policyFile = `${scratch}.policy.toml`;
    return {
      program: 'gemini',
      args: ['-p', withPreamble(spec), '--skip-trust', '-o', 'stream-json', '--policy', policyFile, ...args],
      set: {},
      stdin: null,
      file: {path: policyFile, text: policy(root, spec.writes)},
      reader: reader(),
    };
  },
};
