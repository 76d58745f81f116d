import type {TaskId} from './task.ts';

/**
 * A cycle among the given tasks, as the ids along it with the first one repeated at the end; `null` if there is
 * none. Dependencies on other tasks cannot close a cycle: those were accepted before.
 *
 * Depth-first search with an explicit stack (a chain of 10,000 tasks must not overflow the call stack).
 */
export const findCycle = (dependencies: ReadonlyMap<TaskId, readonly TaskId[]>): readonly TaskId[] | null => {
  const finished = new Set<TaskId>();
  for (const start of dependencies.keys()) {
    const path: TaskId[] = [];
    const onPath = new Set<TaskId>();
    const pending: {readonly taskId: TaskId; readonly leave: boolean}[] = [{taskId: start, leave: false}];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const {taskId, leave} = next;
      if (leave) {
        path.pop();
        onPath.delete(taskId);
        finished.add(taskId);
        continue;
      }
      if (onPath.has(taskId)) return [...path.slice(path.indexOf(taskId)), taskId];
      const needs = dependencies.get(taskId);
      if (finished.has(taskId) || needs === undefined) continue;
      path.push(taskId);
      onPath.add(taskId);
      pending.push({taskId, leave: true});
      for (const dependency of needs) pending.push({taskId: dependency, leave: false});
    }
  }
  return null;
};
