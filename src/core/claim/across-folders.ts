import {classEnd} from './character-class.ts';

/** With more brackets than this that begin no class, although there is one that could end it, nobody looks further. */
const UNCLOSED_MAX = 64;

/**
 * Where a class goes on behind a `/`, some take it for a class that holds a slash, and some for two names with a bracket:
 * everything below what stands before it. `null` if none does.
 */
export const acrossFolders = (text: string): string | null => {
  const last = text.lastIndexOf(']');
  const first = text.indexOf('[');
  let unclosed = 0;
  for (let open = first; open !== -1 && open < last; open = text.indexOf('[', open + 1)) {
    const end = classEnd(text, open);
    if (end === -1) {
      if (++unclosed > UNCLOSED_MAX) return `${text.slice(0, text.lastIndexOf('/', first) + 1)}**`;
      continue;
    }
    if (text.slice(open, end).includes('/')) return `${text.slice(0, text.lastIndexOf('/', open) + 1)}**`;
    open = end;
  }
  return null;
};
