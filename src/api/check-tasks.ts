import {checkSubmission} from '../core/accept.ts';
import {looksFor} from '../core/reclaim.ts';
import type {Settings} from '../core/settings.ts';
import {initialState} from '../core/state.ts';
import type {TaskSpec} from '../core/task.ts';
import type {PathResolver} from '../ports/path-resolver.ts';
import {countingIds} from './counting-ids.ts';
import {errorForRefusal} from './errors.ts';
import {nameTasks} from './name-tasks.ts';
import type {TaskOptions} from './options.ts';
import {requestOf} from './task-request.ts';

/**
 * Checks tasks exactly as an orchestrator to which nothing else was submitted, and returns them as it would take them.
 *
 * @throws DisjointError why they would be refused.
 */
export const checkTasks = (
  tasks: readonly TaskOptions[],
  settings: Settings,
  resolver: PathResolver | null,
  isForeign: (handle: object) => boolean = () => false,
): readonly TaskSpec[] => {
  const ids = nameTasks(tasks, countingIds(), () => false);
  const requests = tasks.map((task, i) => requestOf(task, ids[i] ?? '', isForeign));
  const looks = resolver === null ? null : looksFor(requests, settings, resolver.look());
  const checked = checkSubmission(
    initialState(settings, 1),
    requests,
    looks === null ? undefined : (path) => looks.get(path),
  );
  if (!checked.ok) throw errorForRefusal(checked.failure);
  return checked.value;
};
