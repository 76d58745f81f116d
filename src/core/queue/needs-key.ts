import type {Claim} from '../claim/claim.ts';
import type {Needs} from './queued-task.ts';

/**
 * A text that two claims share only if they stand for the same files. Those of two spellings of one claim differ, which
 * costs a little time and nothing else.
 */
export const claimKey = ({kind, via, bare, readings, text, ids, others}: Claim): string => {
  const how = `${kind} ${via}${bare ? ' bare' : ''} ${readings}`;
  const seen = ids.length === 0 && others.length === 0 ? '' : JSON.stringify([ids, others]);
  // A claim has no control characters in it, so nothing in it looks like an end.
  return `${how} ${text}\n${seen}\n`;
};

/** A text that two tasks share only if the same tasks conflict with both, and both are equally patient. */
export const classKey = ({agentType, writes, reads}: Needs, overtakenBefore: number): string => {
  let key = `${agentType} ${overtakenBefore}\n`;
  for (const claim of writes) key += `w ${claimKey(claim)}`;
  for (const claim of reads) key += `r ${claimKey(claim)}`;
  return key;
};
