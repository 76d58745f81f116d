import type {Plugin} from 'vite';
import {mutantNamed} from './mutants.ts';

/** Puts one planted bug into the source while the tests load it. Without a name it does nothing. */
export const mutantPlugin = (name: string | undefined): Plugin => {
  if (name === undefined || name === '') return {name: 'no-mutant'};
  const mutant = mutantNamed(name);
  return {
    name: `mutant:${name}`,
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith(mutant.file)) return null;
      if (!code.includes(mutant.original)) {
        throw new Error(`mutant ${name}: ${mutant.file} does not contain the text it replaces`);
      }
      return {code: code.replace(mutant.original, mutant.planted), map: null};
    },
  };
};
