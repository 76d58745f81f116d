import type {Claim} from './claim/claim.ts';
import {firstCollision} from './lock-table.ts';
import type {CoordinatorState} from './state.ts';
import {isFinal, type TaskSpec} from './task.ts';

/** What is allowed and costs more than its author may think. */
export type TaskWarning =
  /** A write glob that no folder bounds: it has to be compared with every claim, and meets most of them. */
  | {
      readonly kind: 'rootless-glob';
      readonly claim: string;
      /** It meets claims of so many tasks that have not ended, of so many that were looked at. */
      readonly conflicts: number;
      readonly compared: number;
    }
  /** A pattern that could not be taken exactly stands for more than it says. */
  | {readonly kind: 'widened'; readonly claim: string};

const costs = ({conflicts, compared}: {readonly conflicts: number; readonly compared: number}): string =>
  compared === 0 ? '' : `, now those of ${conflicts} of ${compared} other${compared === 1 ? '' : 's'}`;

/** One sentence, without a full stop. */
export const describeWarning = (warning: TaskWarning): string => {
  switch (warning.kind) {
    case 'rootless-glob':
      return `${warning.claim} is bounded by no folder, so it can meet the claims of any task${costs(warning)}; name a folder, as in src/${warning.claim}`;
    case 'widened':
      return `${warning.claim} is taken for more than it says: extended globs, ranges in braces and named classes are not looked into; list the files, or use *, ?, [...] and {a,b}`;
  }
};

/** More tasks than this are not compared: the share of them tells enough. */
const COMPARED_MAX = 1_000;

const isRootless = (claim: Claim): boolean =>
  claim.kind === 'glob' && [claim, ...claim.others].some(({key}) => key.length === 0);

/** What there is to say about a task that was just accepted, together with others. */
export const warningsOf = (state: CoordinatorState, spec: TaskSpec): readonly TaskWarning[] => {
  const declared = spec.writes.filter((claim) => claim.companionOf === null);
  const widened = declared.filter((claim) => claim.widened);
  const rootless = declared.filter(isRootless);
  const warnings: TaskWarning[] = widened.map((claim) => ({kind: 'widened', claim: claim.raw}));
  if (rootless.length === 0) return warnings;
  const others = state.tasks
    .valueSeq()
    .filter((record) => record.spec.id !== spec.id && !isFinal(record.state))
    .take(COMPARED_MAX)
    .toArray();
  for (const claim of rootless) {
    const alone = {writes: [claim], reads: []};
    const conflicts = others.filter((other) => firstCollision(alone, other.spec) !== null).length;
    warnings.push({kind: 'rootless-glob', claim: claim.raw, conflicts, compared: others.length});
  }
  return warnings;
};
