import type {Claim} from './claim/claim.ts';
import {coversPath} from './claim/overlap.ts';
import type {TaskId, TaskSpec} from './task.ts';

/** A task with the time its work took, or is expected to take. */
export interface WeightedTask {
  readonly spec: TaskSpec;
  readonly workMs: number;
}

export type LowerBoundCause =
  /** All work, spread evenly over all slots. */
  | {readonly kind: 'limit'; readonly maxParallel: number}
  | {readonly kind: 'agent-type'; readonly agentType: string}
  | {readonly kind: 'tag'; readonly tag: string; readonly limit: number}
  | {readonly kind: 'dependencies'; readonly chain: readonly TaskId[]}
  | {readonly kind: 'file'; readonly file: string};

/** The time below which no schedule can get, and what it is that binds. */
export interface LowerBound {
  readonly ms: number;
  readonly by: LowerBoundCause;
}

/** The words after "bound by". */
export const describeLowerBound = (by: LowerBoundCause): string => {
  switch (by.kind) {
    case 'limit':
      return `the limit of ${by.maxParallel} at once`;
    case 'agent-type':
      return `agent type ${by.agentType}`;
    case 'tag':
      return `the limit of ${by.limit} for ${by.tag}`;
    case 'dependencies':
      return by.chain.length > 1 ? `dependencies ${by.chain.join(' -> ')}` : `task ${by.chain.join('')}`;
    case 'file':
      return `file ${by.file}`;
  }
};

const heaviestAgentType = (
  tasks: readonly WeightedTask[],
  instancesOf: (agentType: string) => number,
): LowerBound | null => {
  const totals = new Map<string, number>();
  for (const {spec, workMs} of tasks) totals.set(spec.agentType, (totals.get(spec.agentType) ?? 0) + workMs);
  let heaviest: LowerBound | null = null;
  for (const [agentType, total] of totals) {
    const ms = total / instancesOf(agentType);
    if (heaviest === null || ms > heaviest.ms) heaviest = {ms, by: {kind: 'agent-type', agentType}};
  }
  return heaviest;
};

/** How many tasks with a tag may run at once, and of which agent types these are. */
export interface TagBound {
  readonly tag: string;
  readonly limit: number;
  readonly agentTypes: readonly string[];
}

const heaviestTag = (tasks: readonly WeightedTask[], tags: readonly TagBound[]): LowerBound | null => {
  let heaviest: LowerBound | null = null;
  for (const {tag, limit, agentTypes} of tags) {
    const total = tasks.reduce(
      (sum, {spec, workMs}) => sum + (agentTypes.includes(spec.agentType) ? workMs : 0),
      0,
    );
    const ms = total / limit;
    if (heaviest === null || ms > heaviest.ms) heaviest = {ms, by: {kind: 'tag', tag, limit}};
  }
  return heaviest;
};

/** More tests of globs against places than this are not made; the bound is then lower, and still one. */
const GLOB_TESTS_MAX = 1_000_000;

/** A name for the place of a claim. A key never begins with `/`, so no path is named like a glob. */
const placeName = (claim: Claim): string => (claim.kind === 'glob' ? `/${claim.text}` : claim.key.join('/'));

/** The glob by its text alone. Where links lead may have changed since, and attempts then ran beside each other. */
const byText = (claim: Claim): Claim => ({
  ...claim,
  others: claim.others.filter(({via}) => via === 'text'),
});

/**
 * The heaviest set of tasks that all write one place and so exclude each other: for each claimed place, all tasks with
 * a claim on it or above it, and those with a glob that stands for it. The place of a glob is its leading directory,
 * and the tasks are those with the same glob or a claim on all of that directory.
 */
const heaviestFile = (tasks: readonly WeightedTask[]): LowerBound | null => {
  const places = new Map<string, Claim>();
  const globs = new Map<string, Claim>();
  // A plain claim covers a place if its key is a prefix of it: walk up from each place, summing what covers it.
  const claimedBy = new Map<string, number[]>();
  tasks.forEach(({spec}, index) => {
    for (const claim of spec.writes) places.set(placeName(claim), claim);
    for (const name of new Set(spec.writes.map(placeName))) {
      const indices = claimedBy.get(name) ?? [];
      indices.push(index);
      claimedBy.set(name, indices);
    }
  });
  for (const [name, claim] of places) if (claim.kind === 'glob') globs.set(name, byText(claim));
  const testsGlobs = globs.size * places.size <= GLOB_TESTS_MAX;
  let heaviest: LowerBound | null = null;
  for (const [name, claim] of places) {
    const covering = new Set<number>(claimedBy.get(name));
    for (let depth = 0; depth <= claim.key.length; depth++) {
      for (const index of claimedBy.get(claim.key.slice(0, depth).join('/')) ?? []) covering.add(index);
    }
    if (claim.kind !== 'glob' && testsGlobs) {
      for (const [glob, around] of globs) {
        if (!coversPath(around, [claim])) continue;
        for (const index of claimedBy.get(glob) ?? []) covering.add(index);
      }
    }
    let ms = 0;
    for (const index of covering) ms += tasks[index]?.workMs ?? 0;
    if (heaviest === null || ms > heaviest.ms) heaviest = {ms, by: {kind: 'file', file: claim.raw}};
  }
  return heaviest;
};

/** The longest chain of dependencies, each link weighted with its work. Dependencies are acyclic. */
export const longestChain = (
  tasks: readonly WeightedTask[],
): {
  readonly ms: number;
  readonly by: {readonly kind: 'dependencies'; readonly chain: readonly TaskId[]};
} | null => {
  const byId = new Map(tasks.map((task) => [task.spec.id, task]));
  const finishMs = new Map<TaskId, number>();
  const before = new Map<TaskId, TaskId>();
  let last: TaskId | null = null;
  for (const start of byId.keys()) {
    const pending = [start];
    for (let taskId = pending.at(-1); taskId !== undefined; taskId = pending.at(-1)) {
      const task = byId.get(taskId);
      if (task === undefined || finishMs.has(taskId)) {
        pending.pop();
        continue;
      }
      const needs = task.spec.dependsOn.filter((dependency) => byId.has(dependency));
      const open = needs.filter((dependency) => !finishMs.has(dependency));
      if (open.length > 0) {
        pending.push(...open);
        continue;
      }
      let readyMs = 0;
      for (const dependency of needs) {
        const finished = finishMs.get(dependency) ?? 0;
        if (finished >= readyMs) {
          readyMs = finished;
          before.set(taskId, dependency);
        }
      }
      finishMs.set(taskId, readyMs + task.workMs);
      if (last === null || readyMs + task.workMs > (finishMs.get(last) ?? 0)) last = taskId;
      pending.pop();
    }
  }
  if (last === null) return null;
  const chain: TaskId[] = [];
  for (let taskId: TaskId | undefined = last; taskId !== undefined; taskId = before.get(taskId))
    chain.unshift(taskId);
  return {ms: finishMs.get(last) ?? 0, by: {kind: 'dependencies', chain}};
};

/**
 * The largest of: total work ÷ limit, heaviest agent type, heaviest tag with a limit, heaviest single file, longest
 * dependency chain.
 *
 * Each is a set of work that cannot be spread any wider, so no schedule that keeps the rules is shorter.
 */
export const lowerBound = (
  tasks: readonly WeightedTask[],
  maxParallel: number,
  instancesOf: (agentType: string) => number,
  tags: readonly TagBound[] = [],
): LowerBound => {
  const total = tasks.reduce((sum, {workMs}) => sum + workMs, 0);
  const bounds: readonly (LowerBound | null)[] = [
    heaviestAgentType(tasks, instancesOf),
    heaviestTag(tasks, tags),
    heaviestFile(tasks),
    longestChain(tasks),
  ];
  // What is named first says most: only a larger bound takes over. A chain of one task is that task.
  return bounds.reduce<LowerBound>((best, bound) => (bound !== null && bound.ms > best.ms ? bound : best), {
    ms: total / maxParallel,
    by: {kind: 'limit', maxParallel},
  });
};
