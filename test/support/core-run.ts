import type {AgentOptions} from '../../src/core/agent-options.ts';
import type {AttemptExit} from '../../src/core/failures.ts';
import type {Input} from '../../src/core/inputs.ts';
import type {Mode} from '../../src/core/mode.ts';
import type {Settings} from '../../src/core/settings.ts';
import {type CoordinatorState, initialState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import type {Fence, TaskId, TaskRequest} from '../../src/core/task.ts';
import {coreSettings, RETURNED} from './core-settings.ts';

export interface CoreRunOptions extends Partial<Omit<Settings, 'agentTypes'>> {
  readonly maxParallel?: number;
}

/** The core alone, driven one input after the other; for tests of what a certain state says. */
export class CoreRun {
  state: CoordinatorState;
  /** The time of the next input (ms). */
  at = 0;

  constructor(agents: Readonly<Record<string, AgentOptions>>, options: CoreRunOptions = {}) {
    const {maxParallel = 4, ...settings} = options;
    this.state = initialState(coreSettings(agents, settings), maxParallel);
    this.mode('running');
  }

  send(input: Input): void {
    this.state = step(this.state, input).state;
  }

  submit(id: TaskId, agentType: string, files: readonly string[], more: Partial<TaskRequest> = {}): void {
    const work = {kind: 'function'} as const;
    const tasks = [{id, agentType, description: '', files, work, ...more}];
    this.send({type: 'submit-tasks', at: this.at, submission: id, tasks});
  }

  end(taskId: TaskId, exit: AttemptExit = RETURNED): void {
    this.send({type: 'report-exited', at: this.at, taskId, fence: this.#fenceOf(taskId), exit});
  }

  /** Something of its attempt survived SIGKILL. */
  quarantine(taskId: TaskId): void {
    const fence = this.#fenceOf(taskId);
    this.send({type: 'report-quarantined', at: this.at, taskId, fence, survivors: 'pid 1'});
  }

  mode(mode: Mode): void {
    const {at} = this;
    this.send({type: 'change-mode', at, mode, queued: 'keep', running: 'finish', reason: 'asked'});
  }

  limit(maxParallel: number): void {
    this.send({type: 'set-max-parallel', at: this.at, maxParallel});
  }

  #fenceOf(taskId: TaskId): Fence {
    const hold = this.state.lockTable.holds().find((one) => one.taskId === taskId);
    if (hold === undefined) throw new Error(`${taskId} does not run`);
    return hold.fence;
  }
}
