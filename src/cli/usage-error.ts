import type {CommanderError} from 'commander';
import {DisjointError} from '../api/errors.ts';

const clean = (message: string): string =>
  message
    .replace(/^error: /u, '')
    .trim()
    .replace(/\.$/u, '');

/** What a user typed is shown, but not a page of it. */
const shorten = (message: string): string => message.replaceAll(/'([^']{80})[^']+'/gu, "'$1…'");

/** The option or argument that commander names in quotes, without its value. */
const fieldIn = (message: string): string | null => /'(-{0,2}[a-z][a-z-]*)/u.exec(message)?.[1] ?? null;

/** The error of our own for what commander found wrong with the command line. */
export const usageError = (error: CommanderError): DisjointError => {
  const [text = '', suggestion] = clean(error.message).split('\n');
  const message = shorten(text);
  const field = fieldIn(text);
  const hint = /Did you mean (.+?)\?/u.exec(suggestion ?? '')?.[1];
  const didYouMean = hint === undefined ? 'see disjoint --help' : `did you mean "${hint}"`;
  switch (error.code) {
    case 'commander.unknownCommand':
      return new DisjointError('E_UNKNOWN_COMMAND', message, didYouMean);
    case 'commander.unknownOption':
      return new DisjointError('E_ARG_UNKNOWN', message, didYouMean, {field});
    case 'commander.optionMissingArgument':
    case 'commander.missingArgument':
      return new DisjointError('E_ARG_MISSING', message, 'see disjoint --help', {field});
    case 'commander.invalidArgument': {
      const allowed = /E_ARG_RANGE (.+)$/u.exec(message)?.[1];
      const what = message.replace(/ E_ARG_RANGE .+$/u, '').replace(/\.$/u, '');
      return allowed === undefined
        ? new DisjointError('E_ARG_VALUE', what, 'see disjoint --help', {field})
        : new DisjointError('E_ARG_RANGE', what, `allowed: ${allowed}`, {field});
    }
    case 'commander.help':
      return new DisjointError(
        'E_UNKNOWN_COMMAND',
        'help was asked for a command that is not there',
        'see disjoint --help',
      );
    default:
      return new DisjointError('E_ARG_UNEXPECTED', message, 'see disjoint --help', {field});
  }
};
