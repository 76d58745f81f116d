import type {CommanderError} from 'commander';
import {DisjointError} from '../api/errors.ts';

const clean = (message: string): string =>
  message
    .replace(/^error: /u, '')
    .trim()
    .replace(/\.$/u, '');

/** The error of our own for what commander found wrong with the command line. */
export const usageError = (error: CommanderError): DisjointError => {
  const [message = '', suggestion] = clean(error.message).split('\n');
  const hint = /Did you mean (.+?)\?/u.exec(suggestion ?? '')?.[1];
  const didYouMean = hint === undefined ? 'see disjoint --help' : `did you mean "${hint}"`;
  switch (error.code) {
    case 'commander.unknownCommand':
      return new DisjointError('E_UNKNOWN_COMMAND', message, didYouMean);
    case 'commander.unknownOption':
      return new DisjointError('E_ARG_UNKNOWN', message, didYouMean);
    case 'commander.optionMissingArgument':
    case 'commander.missingArgument':
      return new DisjointError('E_ARG_MISSING', message, 'see disjoint --help');
    case 'commander.invalidArgument': {
      const allowed = /E_ARG_RANGE (.+)$/u.exec(message)?.[1];
      const what = message.replace(/ E_ARG_RANGE .+$/u, '').replace(/\.$/u, '');
      return allowed === undefined
        ? new DisjointError('E_ARG_VALUE', what, 'see disjoint --help')
        : new DisjointError('E_ARG_RANGE', what, `allowed: ${allowed}`);
    }
    default:
      return new DisjointError('E_ARG_UNEXPECTED', message, 'see disjoint --help');
  }
};
