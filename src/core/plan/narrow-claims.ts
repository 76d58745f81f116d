import type {Claim} from '../claim/claim.ts';
import {ClaimIndex} from '../claim/claim-index.ts';
import {isCovered} from '../claim/covers.ts';
import type {Place} from '../place.ts';
import type {TaskId, TaskSpec} from '../task.ts';

/** One declared claim on more than one file, which meets claims of other tasks. */
interface Broad {
  readonly task: TaskId;
  readonly claim: Claim;
  readonly access: 'writes' | 'reads';
  /** The tasks that would not have to wait if it did not cover what they claim. */
  readonly rivals: ReadonlySet<TaskId>;
}

/** What could be claimed more narrowly. */
export interface Narrowing {
  readonly tasks: readonly TaskId[];
  /** The claims, as their authors wrote them. */
  readonly claims: readonly string[];
  /** These tasks and those that wait for them, or they for those, because of these claims. */
  readonly concerned: ReadonlySet<TaskId>;
  /** The same tasks with these claims narrowed. */
  readonly apply: (specs: readonly TaskSpec[]) => readonly TaskSpec[];
}

/** Can the two never run at the same time, whatever they claim? */
export type ShareAgent = (a: TaskSpec, b: TaskSpec) => boolean;

interface Owner extends Place {
  readonly spec: TaskSpec;
  readonly access: 'writes' | 'reads';
}

const isBroad = (claim: Claim): boolean => claim.companionOf === null && claim.kind !== 'path';

const broadClaims = (specs: readonly TaskSpec[], shareAgent: ShareAgent): readonly Broad[] => {
  let [writes, reads] = [ClaimIndex.empty<Owner>(), ClaimIndex.empty<Owner>()];
  for (const [key, spec] of specs.entries()) {
    writes = writes.add({key, arrival: 0, spec, access: 'writes'}, spec.writes);
    reads = reads.add({key, arrival: 0, spec, access: 'reads'}, spec.reads);
  }
  const rivalsOf = (spec: TaskSpec, claim: Claim, access: Broad['access']): ReadonlySet<TaskId> => {
    const rivals = new Set<TaskId>();
    for (const index of access === 'writes' ? [writes, reads] : [writes]) {
      index.visitOverlapping(claim, ({spec: other}) => {
        if (other.id !== spec.id && !shareAgent(spec, other)) rivals.add(other.id);
        return false;
      });
    }
    return rivals;
  };
  return specs.flatMap((spec) =>
    (['writes', 'reads'] as const).flatMap((access) =>
      spec[access]
        .filter(isBroad)
        .map((claim) => ({task: spec.id, claim, access, rivals: rivalsOf(spec, claim, access)}))
        .filter(({rivals}) => rivals.size > 0),
    ),
  );
};

/** Deeper than any claim that names its segments: only what covers all that lies below a folder covers it. */
const DEPTH = 64;

/** What is left of a claim once it is narrowed: a place of its own, with a name that no claim can spell. */
const remainder = (claim: Claim, name: string): Claim => {
  const key = [...Array.from({length: DEPTH}, () => '\0'), `\0${name}`];
  return {...claim, kind: 'path', key, segments: key, ids: [], raw: name, text: name, others: []};
};

const grouped = <T>(all: readonly T[], keyOf: (one: T) => string): readonly (readonly T[])[] => {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return [...groups.values()];
};

/**
 * Puts in the place of each of these claims what no other task claims of it. Who claims all of it still meets what is
 * left: that cannot be had by narrowing one side.
 */
const narrowed = (specs: readonly TaskSpec[], broad: readonly Broad[]): readonly TaskSpec[] => {
  // By task: what an agent type owns is one claim, and that of all its tasks that list no files.
  const gone = new Map(
    grouped(broad, ({task}) => task).map((own) => [own[0]?.task, new Set(own.map(({claim}) => claim))]),
  );
  const rests = broad.map((one, i) => ({...one, rest: remainder(one.claim, String(i))}));
  const byText = grouped(rests, ({claim}) => claim.text);
  const restsIn = (spec: TaskSpec, access: Broad['access'], kept: readonly Claim[]): readonly Claim[] =>
    byText.flatMap((same) => {
      const [first] = same;
      const coversAll = first !== undefined && isCovered(first.claim, kept);
      return same
        .filter((one) => coversAll || (one.task === spec.id && one.access === access))
        .map(({rest}) => rest);
    });
  const setOf = (spec: TaskSpec, access: Broad['access']): readonly Claim[] => {
    const kept = spec[access].filter((claim) => gone.get(spec.id)?.has(claim) !== true);
    return [...kept, ...restsIn(spec, access, kept)];
  };
  return specs.map((spec) => ({...spec, writes: setOf(spec, 'writes'), reads: setOf(spec, 'reads')}));
};

/**
 * What could be claimed more narrowly: each broad claim alone, all those of one task together, and one that several
 * tasks share in all of them.
 */
export const narrowings = (specs: readonly TaskSpec[], shareAgent: ShareAgent): readonly Narrowing[] => {
  const broad = broadClaims(specs, shareAgent);
  const sets = [
    ...broad.map((one) => [one]),
    ...grouped(broad, ({task}) => task),
    ...grouped(broad, ({claim, access}) => `${access} ${claim.text}`),
  ].filter((set, i) => i < broad.length || set.length > 1);
  return sets.map((set) => ({
    tasks: [...new Set(set.map(({task}) => task))],
    claims: [...new Set(set.map(({claim}) => claim.raw))],
    concerned: new Set(set.flatMap(({task, rivals}) => [task, ...rivals])),
    apply: (to) => narrowed(to, set),
  }));
};
