import {enqueueActions, setup} from 'xstate';
import type {AgentId} from '../src/core/agent-type.ts';
import type {Assignment} from '../src/core/attempt.ts';
import type {Step} from '../src/core/decision.ts';
import type {ChangeMode, Input} from '../src/core/inputs.ts';
import type {CoordinatorState} from '../src/core/state.ts';
import {step} from '../src/core/step.ts';
import {agentMachine} from './agent.machine.ts';

interface Timed {
  readonly at: number;
}

/** The store is open and the agents stand ready. */
export interface Begin extends Timed {
  readonly type: 'begin';
}

export interface Pause extends Timed {
  readonly type: 'pause';
  readonly reason: string;
}

export interface Resume extends Timed {
  readonly type: 'resume';
}

/** Finish, stop or kill what runs; keep or cancel what does not; then stop. A second one can only be harder. */
export interface Shutdown extends Timed, Pick<ChangeMode, 'queued' | 'running' | 'reason'> {
  readonly type: 'shutdown';
}

/** Put a new actor in the place of a failed agent. */
export interface ReplaceAgentActor extends Timed {
  readonly type: 'replace-agent';
  readonly agentId: AgentId;
  /** What the failed actor watched over, to be finished off by the new one. */
  readonly orphan: Assignment | null;
}

/** What XState sends to a parent whose child has failed. */
interface AgentFailed {
  readonly type: `xstate.error.actor.${string}`;
  readonly error: unknown;
  readonly actorId: string;
}

export type CoordinatorEvent = Input | Begin | Pause | Resume | Shutdown | ReplaceAgentActor | AgentFailed;

export interface CoordinatorInput {
  readonly core: CoordinatorState;
  readonly agentIds: readonly AgentId[];
}

export interface CoordinatorContext extends CoordinatorInput {
  /** The time of the last event, for the failures of children, which carry none. */
  readonly lastAt: number;
}

/** Emitted once per decision. The runtime stores the events, then performs the effects. */
export interface Decided extends Step {
  readonly type: 'decided';
}

/** The id and `systemId` of the actor of an agent. */
export const agentActorId = (agentId: AgentId): string => `agent:${agentId}`;

const NOT_NOW = 'It does not fit this state. The refusal is recorded.';

/** The core's decision on an input: what the machine keeps of it, and what it emits. */
const decide = (
  {core}: CoordinatorContext,
  input: Input,
): {readonly next: Pick<CoordinatorContext, 'core' | 'lastAt'>; readonly decided: Decided} => {
  const decided = step(core, input);
  return {next: {core: decided.state, lastAt: input.at}, decided: {type: 'decided', ...decided}};
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The coordinator: which mode follows which. Every decision is the core's `step`; its events and effects leave as
 * one emitted `decided`, and the machine itself does nothing to the world.
 */
export const coordinatorMachine = setup({
  types: {
    context: {} as CoordinatorContext,
    events: {} as CoordinatorEvent,
    input: {} as CoordinatorInput,
    emitted: {} as Decided,
  },
  actors: {agent: agentMachine},
  guards: {
    /** A quarantined attempt does not count: it may never end, and its slot is given up. */
    nothingRuns: ({context}) => context.core.lockTable.running === 0,
  },
  actions: {
    decide: enqueueActions(({context, enqueue}, {input}: {readonly input: Input}) => {
      const {next, decided} = decide(context, input);
      enqueue.assign(next);
      enqueue.emit(decided);
    }),
    refuseForNow: enqueueActions(({context, event, enqueue}) => {
      if (!('at' in event)) return;
      const what = event.type === 'shutdown' ? 'shut down' : event.type;
      const detail = `the coordinator is ${context.core.mode} and cannot ${what}`;
      const {next, decided} = decide(context, {
        type: 'untimely-input',
        at: event.at,
        input: event.type,
        detail,
      });
      enqueue.assign(next);
      enqueue.emit(decided);
    }),
    spawnAgents: enqueueActions(({context, enqueue}) => {
      for (const agentId of context.agentIds) {
        const id = agentActorId(agentId);
        enqueue.spawnChild('agent', {id, systemId: id, input: {agentId}});
      }
    }),
    replaceAgent: enqueueActions(({event, enqueue}) => {
      if (event.type !== 'replace-agent') return;
      const {agentId, orphan, at} = event;
      const id = agentActorId(agentId);
      // A failed child stays among the children, with its systemId taken, until it is stopped.
      enqueue.stopChild(id);
      enqueue.spawnChild('agent', {id, systemId: id, input: {agentId}});
      if (orphan !== null) enqueue.sendTo(id, {type: 'adopt', at, assignment: orphan});
    }),
  },
}).createMachine({
  id: 'coordinator',
  description: 'What the whole may do now. What it does with tasks is decided by the core, in every state.',
  context: ({input}) => ({...input, lastAt: 0}),
  initial: 'starting',
  on: {
    'submit-tasks': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'cancel-task': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'retry-task': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'set-priority': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'set-max-parallel': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'report-started': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'report-progress': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'report-stopping': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'report-exited': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'report-quarantined': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'report-start-refused': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'report-looked': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'report-agent-crashed': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'report-resources': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'unknown-input': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    wake: {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    'untimely-input': {actions: {type: 'decide', params: ({event}) => ({input: event})}},
    begin: {description: NOT_NOW, actions: 'refuseForNow'},
    pause: {description: NOT_NOW, actions: 'refuseForNow'},
    resume: {description: NOT_NOW, actions: 'refuseForNow'},
    shutdown: {description: NOT_NOW, actions: 'refuseForNow'},
    'replace-agent': {actions: 'replaceAgent'},
    'xstate.error.actor.*': {
      description:
        'The actor of an agent has failed: its attempt is dealt with, and the agent gets a new actor.',
      actions: {
        type: 'decide',
        params: ({context, event}) => ({
          input: {
            type: 'report-agent-crashed',
            at: context.lastAt,
            agentId: event.actorId.replace(/^agent:/u, ''),
            message: messageOf(event.error),
          },
        }),
      },
    },
    '*': {
      description: 'Nothing else belongs here. The refusal is recorded.',
      actions: {
        type: 'decide',
        params: ({context, event}) => ({
          input: {type: 'unknown-input', at: 'at' in event ? event.at : context.lastAt, input: event.type},
        }),
      },
    },
  },
  states: {
    starting: {
      description: 'The agents are spawned and the store is opened. Tasks are accepted; none starts yet.',
      entry: 'spawnAgents',
      on: {
        begin: {
          target: 'running',
          actions: {
            type: 'decide',
            params: ({event}) => ({input: changeMode(event.at, 'running', 'started')}),
          },
        },
        shutdown: {
          target: 'draining',
          actions: {type: 'decide', params: ({event}) => ({input: drain(event)})},
        },
      },
    },
    running: {
      description: 'Tasks are accepted, and each starts as soon as nothing is in its way.',
      on: {
        pause: {
          target: 'paused',
          actions: {
            type: 'decide',
            params: ({event}) => ({input: changeMode(event.at, 'paused', event.reason)}),
          },
        },
        resume: {description: 'It is running already.'},
        shutdown: {
          target: 'draining',
          actions: {type: 'decide', params: ({event}) => ({input: drain(event)})},
        },
      },
    },
    paused: {
      description: 'Tasks are accepted, what runs goes on, and nothing starts until it is resumed.',
      on: {
        resume: {
          target: 'running',
          actions: {
            type: 'decide',
            params: ({event}) => ({input: changeMode(event.at, 'running', 'resumed')}),
          },
        },
        pause: {description: 'It is paused already.'},
        shutdown: {
          target: 'draining',
          actions: {type: 'decide', params: ({event}) => ({input: drain(event)})},
        },
      },
    },
    draining: {
      description: 'What runs is finished or stopped; nothing is accepted and nothing starts.',
      always: {guard: 'nothingRuns', target: 'stopped'},
      on: {
        shutdown: {actions: {type: 'decide', params: ({event}) => ({input: drain(event)})}},
      },
    },
    stopped: {
      description: 'Nothing runs and nothing will. What had not started was cancelled.',
      type: 'final',
      entry: {
        type: 'decide',
        params: ({context}) => ({
          input: {
            ...changeMode(context.lastAt, 'stopped', 'shut down before it could run'),
            queued: 'cancel',
          },
        }),
      },
    },
  },
});

function changeMode(at: number, mode: ChangeMode['mode'], reason: string): ChangeMode {
  return {type: 'change-mode', at, mode, queued: 'keep', running: 'finish', reason};
}

function drain({at, queued, running, reason}: Shutdown): ChangeMode {
  return {type: 'change-mode', at, mode: 'draining', queued, running, reason};
}
