import type {Claim} from '../../core/claim/claim.ts';
import type {ClaimSets} from '../../core/lock-table.ts';
import {isObject} from '../../core/shape.ts';
import {numberIn, type Row, type Sql, textIn} from './database.ts';

type Access = 'write' | 'read';

/** Where a secret was taken out of a name, two names may have become one. */
const REDACTED = '[secret ';

/** What two plain paths share only if they always are one file; `null` for what is no plain path. */
const exactOf = ({kind, key, readings, text}: Claim): string | null =>
  kind === 'path' && !text.includes(REDACTED) ? `${readings} ${key.join('/')}` : null;

const identityOf = (access: string, kind: string, claim: string): string => `${access} ${kind} ${claim}`;

const identityIn = (row: Row): string =>
  identityOf(textIn(row, 'access') ?? '', textIn(row, 'kind') ?? '', textIn(row, 'claim') ?? '');

const holdBesides = (
  sql: Sql,
  fence: number,
  held: readonly Row[],
  {writes, reads, isShared}: ClaimSets & {readonly isShared: boolean},
): void => {
  const known = new Set(held.map(identityIn));
  // The attempt itself may name one file twice.
  const exacts = new Set(held.map((row) => textIn(row, 'exact')));
  const add = (access: Access, claim: Claim): void => {
    const identity = identityOf(access, claim.kind, claim.text);
    if (known.has(identity)) return;
    known.add(identity);
    const exact = access === 'write' ? exactOf(claim) : null;
    const isNamed = exacts.has(exact);
    exacts.add(exact);
    sql.run('insert-claim', fence, access, claim.kind, claim.text, isNamed ? null : exact, isShared ? 1 : 0);
  };
  for (const claim of writes) add('write', claim);
  for (const claim of reads) add('read', claim);
};

/** The claims of an attempt that holds none yet. Fails if it would write a path that another one writes. */
export const holdClaims = (sql: Sql, fence: number, {writes, reads}: ClaimSets, isShared: boolean): void =>
  holdBesides(sql, fence, [], {writes, reads, isShared});

/** The same for what it does not hold yet. */
export const holdMoreClaims = (
  sql: Sql,
  fence: number,
  {writes, reads}: ClaimSets,
  isShared: boolean,
): void => holdBesides(sql, fence, sql.rows('claims-of', fence), {writes, reads, isShared});

/** The claims that a record tells of: they are kept there, and nowhere twice. */
export const claimsToldIn = (sql: Sql, seq: number): ClaimSets => {
  const text = textIn(sql.rows('read-data', seq)[0], 'data');
  const data: unknown = text === null ? null : JSON.parse(text);
  const told = isObject(data) && isObject(data['spec']) ? data['spec'] : data;
  if (!isObject(told) || !Array.isArray(told['writes']) || !Array.isArray(told['reads']))
    throw new Error(`Internal error: record ${seq} tells of no claims`);
  // `recordOf` has written it in this very form.
  return told as unknown as ClaimSets;
};

/** An attempt that holds its agent and its claims; `null` if it no longer does. */
export const liveAttempt = (
  sql: Sql,
  fence: number,
): {readonly isQuarantined: boolean; readonly isShared: boolean} | null => {
  const [row] = sql.rows('live-attempt', fence);
  if (row === undefined) return null;
  return {isQuarantined: textIn(row, 'state') === 'quarantined', isShared: numberIn(row, 'is_shared') === 1};
};
