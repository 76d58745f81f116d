import type {TaskId, TaskSpec} from './task.ts';

/**
 * The work (ms, by the estimates) along the longest chain of dependent tasks that begins with each task, itself included:
 * what cannot be done before it has ended. Only among these tasks, which have no cycle.
 *
 * Bottom levels, as in list scheduling by critical path (Hu 1961; Adam, Chandy and Dickson 1974).
 */
export const bottomLevels = (
  specs: readonly TaskSpec[],
  durationsMs: ReadonlyMap<TaskId, number>,
): ReadonlyMap<TaskId, number> => {
  const byId = new Map(specs.map((spec) => [spec.id, spec]));
  const dependents = new Map<TaskId, number>();
  for (const {dependsOn} of specs) {
    for (const id of dependsOn) if (byId.has(id)) dependents.set(id, (dependents.get(id) ?? 0) + 1);
  }
  const levels = new Map(durationsMs);
  // From the ends of all chains to their beginnings: whoever has no dependents left is final.
  const final = specs.filter(({id}) => !dependents.has(id));
  for (let spec = final.pop(); spec !== undefined; spec = final.pop()) {
    const level = levels.get(spec.id) ?? 0;
    for (const id of spec.dependsOn) {
      const dependency = byId.get(id);
      if (dependency === undefined) continue;
      levels.set(id, Math.max(levels.get(id) ?? 0, (durationsMs.get(id) ?? 0) + level));
      const left = (dependents.get(id) ?? 1) - 1;
      dependents.set(id, left);
      if (left === 0) final.push(dependency);
    }
  }
  return levels;
};
