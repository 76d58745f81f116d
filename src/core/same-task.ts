import type {Claim} from './claim/claim.ts';
import type {TaskSpec} from './task.ts';

/** What was declared, without what comes along with it and without what the disk shows of it at some time. */
const declared = (claims: readonly Claim[]): readonly string[] =>
  [...new Set(claims.flatMap(({raw, companionOf}) => (companionOf === null ? [raw] : [])))].toSorted();

/** What makes a task another one, by the names that a plan has for it. */
const contentOf = (spec: TaskSpec): Readonly<Record<string, unknown>> => ({
  agent: spec.agentType,
  description: spec.description,
  files: declared(spec.writes),
  reads: declared(spec.reads),
  sensitive: spec.sensitive,
  dependsOn: spec.dependsOn.toSorted(),
  timeout: spec.timeoutMs,
  quietTimeout: spec.quietTimeoutMs,
  retries: [spec.retry.maxAttempts, spec.retry.backoffMs, spec.retry.backoffMaxMs],
  command: spec.work,
});

/**
 * In what two tasks differ apart from their ids, by the names that a plan has for it; nothing if they are the same work.
 * Priority and estimate say when it is done, and not what.
 */
export const differences = (one: TaskSpec, other: TaskSpec): readonly string[] => {
  const theirs = contentOf(other);
  return Object.entries(contentOf(one)).flatMap(([field, value]) =>
    JSON.stringify(value) === JSON.stringify(theirs[field]) ? [] : [field],
  );
};
