import {DEFAULT_SETTINGS} from '../core/settings.ts';
import type {CoordinatorState} from '../core/state.ts';
import type {TaskId} from '../core/task.ts';
import {type Status, viewStatus} from '../core/view.ts';
import {type Explanation, why} from '../core/why.ts';
import {AttemptHistory} from './attempt-history.ts';
import {DisjointError} from './errors.ts';
import {lastRunOf, type PastRun} from './journal-reading.ts';
import {type LeftRun, stateOf} from './left-run.ts';
import {Project} from './project.ts';
import type {ProjectPlace} from './project-place.ts';
import {stateDirOf} from './steered-run.ts';
import {unknownTask} from './task-commands.ts';
import {type TaskDetails, taskDetails} from './task-details.ts';

/** With the agent types of now; without any if the configuration is gone or wrong: what was decided is there all the same. */
const stateIn = async (place: ProjectPlace, left: LeftRun): Promise<CoordinatorState> => {
  try {
    return (await Project.open(place)).stateOf(left);
  } catch (error) {
    if (error instanceof DisjointError) return stateOf(left, DEFAULT_SETTINGS);
    throw error;
  }
};

/** The last run of a project, from its journal: what it knew when it ended, or was cut short. */
export class PastRunView {
  readonly run: PastRun;
  readonly #state: CoordinatorState;
  readonly #history: AttemptHistory;

  private constructor(run: PastRun, state: CoordinatorState, history: AttemptHistory) {
    this.run = run;
    this.#state = state;
    this.#history = history;
  }

  /**
   * Reads it, and changes nothing. `null` if nothing was ever run here.
   *
   * @throws DisjointError `E_JOURNAL_CORRUPT`, `E_JOURNAL_NEWER`, `E_IO`.
   */
  static async read(place: ProjectPlace): Promise<PastRunView | null> {
    const last = await lastRunOf(place.root);
    if (last === null) return null;
    const history = new AttemptHistory(stateDirOf(place.root), last.runIdOf);
    for (const event of last.left.events) history.apply(event);
    return new PastRunView(last.run, await stateIn(place, last.left), history);
  }

  /** The time of its last decision, on the clock of events (ms). */
  get now(): number {
    return this.#state.accounting.untilMs;
  }

  status(): Status {
    return viewStatus(this.#state);
  }

  /** @throws DisjointError `E_TASK_UNKNOWN`. */
  task(taskId: TaskId): TaskDetails {
    const details = taskDetails(this.#state, this.#history, taskId);
    if (details === null) throw unknownTask(this.#state, taskId);
    return details;
  }

  /** @throws DisjointError `E_TASK_UNKNOWN`. */
  why(taskId: TaskId): Explanation {
    const explanation = why(this.#state, taskId, this.now);
    if (explanation === null) throw unknownTask(this.#state, taskId);
    return explanation;
  }
}
