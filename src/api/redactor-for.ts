import {Redactor} from '../core/secrets/redactor.ts';
import {secretsIn} from '../core/secrets/secrets.ts';
import type {LibraryAgentOptions} from './options.ts';

/**
 * What replaces secrets in all that is written: those of the environment, of what agent types set, and of the variables
 * that are named.
 */
export const redactorFor = (
  environment: Readonly<Record<string, string | undefined>>,
  agents: Readonly<Record<string, LibraryAgentOptions>>,
  named: readonly string[] = [],
): Redactor =>
  Redactor.of(secretsIn([environment, ...Object.values(agents).map(({env}) => env?.set ?? {})], named));

/** The same for one text, where no agent types are known. */
export const redactionFor = (
  environment: Readonly<Record<string, string | undefined>>,
): ((text: string) => string) => {
  const redactor = redactorFor(environment, {});
  return (text) => redactor.text(text);
};
