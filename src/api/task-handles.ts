import {isPriority, PRIORITY_LIMIT} from '../core/settings.ts';
import type {TaskId} from '../core/task.ts';
import type {Clock} from '../ports/clock.ts';
import type {Runtime} from '../runtime/runtime.ts';
import {assertOptions, REASON} from './check-options.ts';
import {errorForRefusal} from './errors.ts';
import type {Settlements} from './settlements.ts';
import type {Settlement, TaskHandle} from './task-handle.ts';

const makers = new WeakMap<object, TaskHandles>();

interface HandleParts {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly settlements: Settlements;
}

/** Makes the handles of one orchestrator, and does what is asked of a task through them. */
export class TaskHandles {
  readonly #parts: HandleParts;

  constructor(parts: HandleParts) {
    this.#parts = parts;
  }

  /** Was it made by another orchestrator? Ids are only unique within one. */
  isForeign(handle: object): boolean {
    const maker = makers.get(handle);
    return maker !== undefined && maker !== this;
  }

  make(id: TaskId, settlement: Settlement): TaskHandle {
    const {streams} = this.#parts.runtime;
    const handle: TaskHandle = {
      id,
      accepted: settlement.accepted,
      result: settlement.result,
      events$: streams.eventsOf(id),
      output$: streams.outputOf(id),
      setPriority: (priority) => this.#setPriority(id, settlement, priority),
      cancel: (reason = 'cancelled by the caller') => this.#cancel(id, settlement, reason),
    };
    makers.set(handle, this);
    return handle;
  }

  async #setPriority(taskId: TaskId, settlement: Settlement, priority: number): Promise<void> {
    if (!isPriority(priority)) {
      const allowed = `-${PRIORITY_LIMIT}..${PRIORITY_LIMIT}, integer`;
      throw errorForRefusal({code: 'E_NUMBER_RANGE', taskId, field: 'priority', allowed});
    }
    const {runtime, clock, settlements} = this.#parts;
    await runtime.settled();
    const state = runtime.state.tasks.get(taskId)?.state.name ?? 'cancelled';
    if (!settlements.isOpen(taskId, settlement))
      throw errorForRefusal({code: 'E_TASK_FINISHED', taskId, state});
    runtime.send({type: 'set-priority', at: clock.now(), taskId, priority});
    await runtime.settled();
  }

  async #cancel(taskId: TaskId, settlement: Settlement, reason: string): Promise<boolean> {
    assertOptions({reason}, REASON);
    const {runtime, clock, settlements} = this.#parts;
    await runtime.settled();
    // The handle of a task that was refused for its id must not cancel the task that has that id.
    if (!settlements.isOpen(taskId, settlement)) return false;
    runtime.send({type: 'cancel-task', at: clock.now(), taskId, reason});
    await runtime.settled();
    // It may have ended by itself before that was decided; once it is being cancelled, nothing else comes of it.
    const state = runtime.state.tasks.get(taskId)?.state;
    return state?.name === 'cancelled' || (state?.name === 'stopping' && state.cause.kind === 'cancelled');
  }
}
