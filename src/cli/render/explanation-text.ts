import {describeBlocker, describePair} from '../../api/words.ts';
import type {Blocker, Explanation, Holder} from '../../index.ts';
import {duration, plural, safe} from './text.ts';

type FileBlocker = Extract<Blocker, {kind: 'file'}>;

export interface ExplanationInput {
  readonly explanation: Explanation;
  /** In ms, on the clock of events. */
  readonly now: number;
}

/** How many pairs of claims are shown for one holder; the rest is a number. */
const PAIRS_SHOWN = 5;

const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

const heldBy = ({taskId, agentId, heldSince, quarantined}: Holder, now: number): string =>
  `held by ${taskId} on ${agentId}, ${quarantined ? 'quarantined' : 'running'} for ${duration(Math.max(0, now - heldSince))}`;

/** The pairs of claims beyond what the blocker's own line has said. */
const pairLines = ({pairs, morePairs}: FileBlocker): readonly string[] => {
  const [only, ...others] = pairs.map((pair) => ({
    text: describePair(pair),
    such: pair.example === null || pair.example === pair.claim ? '' : `such as ${pair.example}`,
  }));
  if (only !== undefined && others.length === 0 && morePairs === 0)
    return only.such === '' ? [] : [only.such];
  const shown = [...(only === undefined ? [] : [only]), ...others].slice(0, PAIRS_SHOWN);
  const more = pairs.length - shown.length + morePairs;
  return [
    ...shown.map(({text, such}) => `${text}${such === '' ? '' : `, ${such}`}`),
    ...(more > 0 ? [`… and ${plural(more, 'more pair')} of claims`] : []),
  ];
};

/** One blocker in the words of every status line, then what there is to say of it besides. */
const blockerLines = (blocker: Blocker, now: number): readonly string[] => {
  const first = describeBlocker(blocker);
  switch (blocker.kind) {
    case 'file':
      return [first, heldBy({...blocker, taskId: blocker.holder}, now), ...pairLines(blocker)];
    case 'agent-type':
    case 'tag':
      return [first, ...blocker.holders.map((holder) => heldBy(holder, now))];
    case 'back-off':
    case 'tag-paused':
      return [`${first}, ${duration(Math.max(0, blocker.untilMs - now))} from now`];
    case 'mode':
    case 'dependency':
    case 'limit':
    case 'resources':
    case 'reservation':
      return [first];
  }
};

const placeLine = ({position}: Explanation): readonly string[] => {
  if (position === null) return [];
  const before = position.placeAmongConflicting - 1;
  const rivals =
    before === 0
      ? 'no task before it conflicts with it'
      : `${plural(before, 'task')} before it ${before === 1 ? 'conflicts' : 'conflict'} with it`;
  return [`place      ${position.place} of ${position.of} in the queue; ${rivals}`];
};

const expectedLine = ({expectedStart}: Explanation, now: number): string => {
  if (expectedStart === null) return 'expected   not known';
  const {atMs, from} = expectedStart;
  const source = from === 'estimates' ? 'by estimates' : 'by how long such tasks took';
  return `expected   in ${duration(Math.max(0, atMs - now))}, ${source}`;
};

const remedyLines = ({remedy}: Explanation): readonly string[] => {
  if (remedy === null) return [];
  const {withoutClaims, afterTasks} = remedy;
  const claims = (withoutClaims ?? []).map(({claim, access}) =>
    access === 'read' ? `${claim} (read)` : claim,
  );
  const ways = [
    ...(afterTasks !== null && afterTasks.length > 0 ? [`when ${list(afterTasks)} ended`] : []),
    ...(claims.length > 0 ? [`without its ${claims.length === 1 ? 'claim' : 'claims'} ${list(claims)}`] : []),
  ];
  return ways.map((way, i) => `${i === 0 ? 'starts now' : '        or'} ${way}`);
};

/** What `why` says, for a person: all blockers, its place, when it will start, and what would let it start now. */
export const explanationText = ({explanation, now}: ExplanationInput): readonly string[] => {
  const {taskId, state, blockers, text, remedy} = explanation;
  if (remedy === null || blockers.length === 0) return [safe(text)];
  return [
    `${taskId} is ${state}, waiting for`,
    ...blockers.flatMap((blocker) =>
      blockerLines(blocker, now).map((line, i) => (i === 0 ? `  - ${line}` : `      ${line}`)),
    ),
    ...[...placeLine(explanation), expectedLine(explanation, now), ...remedyLines(explanation)].map(
      (line) => `  ${line}`,
    ),
  ].map(safe);
};
