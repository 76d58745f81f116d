import {createActor, fromCallback} from 'xstate';
import {
  type AttemptCommand,
  type AttemptInput,
  agentMachine,
  coordinatorMachine,
} from '../../../dist/machines/index.js';
import {resolveAgentTypes} from '../../../dist/src/core/agent-options.js';
import type {DisjointEvent} from '../../../dist/src/core/events.js';
import type {Input} from '../../../dist/src/core/inputs.js';
import {DEFAULT_SETTINGS, type Settings} from '../../../dist/src/core/settings.js';
import {type CoordinatorState, initialState} from '../../../dist/src/core/state.js';
import {step} from '../../../dist/src/core/step.js';
import type {BenchTask, Scheduler} from './bench-task.ts';

const settingsFor = (agentTypes: number): Settings => {
  const names = new Map(Array.from({length: agentTypes}, (_, i) => [`a${i}`, {}]));
  const resolved = resolveAgentTypes(names, {root: null, presets: []});
  if (!resolved.ok) throw new Error('the agent types of the benchmark are refused');
  return {...DEFAULT_SETTINGS, agentTypes: resolved.value};
};

const EXIT = {
  how: {kind: 'returned', value: null},
  durationMs: 1,
  logPath: null,
  tail: [],
  changed: null,
} as const;

const submission = (tasks: readonly BenchTask[], at: number): Input => ({
  type: 'submit-tasks',
  at,
  submission: '',
  tasks: tasks.map(({id, agentType, files, dependsOn}) => ({
    id,
    agentType,
    files,
    dependsOn,
    description: '',
    work: {kind: 'function'},
  })),
});

/** Hears which attempts were dispatched, to know their fences. */
class Fences {
  readonly #fences = new Map<string, number>();

  started(events: readonly DisjointEvent[]): readonly string[] {
    const ids: string[] = [];
    for (const event of events) {
      if (event.type === 'submission.refused')
        throw new Error(`the benchmark is refused: ${event.refusal.code}`);
      if (event.type !== 'attempt.dispatched') continue;
      this.#fences.set(event.taskId, event.fence);
      ids.push(event.taskId);
    }
    return ids;
  }

  of(id: string): number {
    const fence = this.#fences.get(id);
    if (fence === undefined) throw new Error(`${id} was never started`);
    this.#fences.delete(id);
    return fence;
  }
}

/** A scheduler whose state can be looked at. */
export interface CoreScheduler extends Scheduler {
  readonly state: () => CoordinatorState;
}

/** The pure core alone. */
export const bareCore = (limit: number, agentTypes: number): CoreScheduler => {
  let state = initialState(settingsFor(agentTypes), limit);
  let at = 0;
  const fences = new Fences();
  const send = (input: Input): readonly string[] => {
    const next = step(state, input);
    state = next.state;
    return fences.started(next.events);
  };
  send({type: 'change-mode', at, mode: 'running', queued: 'keep', running: 'finish', reason: ''});
  return {
    submit: (tasks) => send(submission(tasks, ++at)),
    complete: (id) => send({type: 'report-exited', at: ++at, taskId: id, fence: fences.of(id), exit: EXIT}),
    close: () => {},
    state: () => state,
  };
};

/** The coordinator machine around it, as it runs. */
export const coordinator = (limit: number, agentTypes: number): Scheduler => {
  const attempt = fromCallback<AttemptCommand, AttemptInput>(() => {});
  const settings = settingsFor(agentTypes);
  const actor = createActor(
    coordinatorMachine.provide({actors: {agent: agentMachine.provide({actors: {attempt}})}}),
    {input: {core: initialState(settings, limit), agentIds: [...settings.agentTypes.keys()]}},
  );
  const fences = new Fences();
  let started: readonly string[] = [];
  actor.on('decided', ({events}) => {
    started = fences.started(events);
  });
  actor.start();
  let at = 0;
  actor.send({type: 'begin', at});
  const send = (event: Parameters<typeof actor.send>[0]): readonly string[] => {
    actor.send(event);
    return started;
  };
  return {
    submit: (tasks) => send(submission(tasks, ++at)),
    complete: (id) => send({type: 'report-exited', at: ++at, taskId: id, fence: fences.of(id), exit: EXIT}),
    close: () => actor.stop(),
  };
};
