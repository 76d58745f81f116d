import type {TaskId} from '../core/task.ts';
import type {Ids} from '../ports/ids.ts';
import type {TaskOptions} from './options.ts';

/** After so many ids that are all taken, the source of ids is broken; its last one is refused as a duplicate. */
const DRAWS_MAX = 1_000_000;

/**
 * The id of each task, in order: its own, or a new one. A new one is never an id that a task of this list has, or that
 * is taken otherwise: whoever left the id out cannot have meant one that is there already.
 */
export const nameTasks = (
  tasks: readonly TaskOptions[],
  ids: Ids,
  isTaken: (id: TaskId) => boolean,
): readonly TaskId[] => {
  const given = new Set(tasks.map(({id}) => id));
  const draw = (): TaskId => {
    let id = ids.taskId();
    for (let draws = 1; draws < DRAWS_MAX && (given.has(id) || isTaken(id)); draws++) id = ids.taskId();
    return id;
  };
  return tasks.map(({id}) => id ?? draw());
};
