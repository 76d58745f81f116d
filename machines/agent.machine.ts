import {castDraft, produce} from 'immer';
import {assign, enqueueActions, fromCallback, sendParent, sendTo, setup} from 'xstate';
import type {StopLadder} from '../src/core/agent-type.ts';
import {
  type ActiveAttempt,
  adoptAttempt,
  beginAttempt,
  enterRung,
  isRungDue,
  nextDeadline,
  noteActivity,
  overdue,
  withoutDeadlines,
} from '../src/core/attempt.ts';
import type {Input} from '../src/core/inputs.ts';
import type {AgentContext, AgentEvent, AgentInput, AttemptCommand, AttemptInput} from './agent.events.ts';

/** The attempt of an agent that is not idle. */
const activeOf = (context: AgentContext): ActiveAttempt => {
  if (context.active === null)
    throw new Error(`Internal error: agent ${context.agentId} is busy with nothing`);
  return context.active;
};

/** What is still there when the last rung has had its time, for people. */
const whatSurvived = ({spec}: ActiveAttempt): string =>
  spec.work.kind === 'function' ? 'a function that does not return' : 'what it started still runs';

/** Reports on the attempt carry its task and its fence. */
const about = (context: AgentContext): {readonly taskId: string; readonly fence: number} => {
  const {spec, fence} = activeOf(context);
  return {taskId: spec.id, fence};
};

const withActive = (context: AgentContext, change: (active: ActiveAttempt) => ActiveAttempt): AgentContext =>
  produce(context, (draft) => {
    draft.active = castDraft(change(activeOf(context)));
  });

/** When the agent has to be woken next (ms); `null` if nothing of it has a deadline. */
export const agentDeadline = (context: AgentContext): number | null =>
  context.active === null ? null : nextDeadline(context.active);

/**
 * One agent: it runs one attempt at a time and is idle again only when nothing of that attempt is alive.
 *
 * The attempt itself is an actor given from outside (`provide({actors: {attempt}})`): it starts the work, tells
 * what happens to it, and takes the rungs of the stop ladder as events. Time comes with the events; deadlines are
 * numbers in the context, because a delayed transition would be lost when a snapshot is restored.
 */
export const agentMachine = setup({
  types: {
    context: {} as AgentContext,
    events: {} as AgentEvent,
    input: {} as AgentInput,
  },
  actors: {
    attempt: fromCallback<AttemptCommand, AttemptInput>(() => {
      throw new Error('Internal error: no actor for attempts was provided');
    }),
  },
  guards: {
    isCurrent: ({context, event}) => event.type === 'stop' && event.fence === context.active?.fence,
    isCurrentForced: ({context, event}) =>
      event.type === 'stop' && event.force && event.fence === context.active?.fence,
    isOverdue: ({context, event}) => overdue(activeOf(context), event.at) !== null,
    /** A failure that nobody takes makes this actor fail as well. A wildcard would take it. */
    isNoFailure: ({event}) => !event.type.startsWith('xstate.error.'),
    isRungDue: ({context, event}) => isRungDue(activeOf(context), event.at),
  },
  actions: {
    begin: assign(({context, event}) =>
      event.type === 'start' ? {...context, active: beginAttempt(event.assignment, event.at)} : context,
    ),
    adopt: assign(({context, event}) =>
      event.type === 'adopt' ? {...context, active: adoptAttempt(event.assignment)} : context,
    ),
    clear: assign({active: null}),
    noteActivity: assign(({context, event}) =>
      withActive(context, (active) => noteActivity(active, event.at)),
    ),
    enterRung: assign(({context, event}, {rung}: {readonly rung: keyof StopLadder}) =>
      withActive(context, (active) => enterRung(active, event.at, rung)),
    ),
    dropDeadlines: assign(({context}) => withActive(context, withoutDeadlines)),
    tellAttempt: sendTo('attempt', (_, command: AttemptCommand) => command),
    reportStarted: sendParent(
      ({context, event}): Input => ({
        type: 'report-started',
        at: event.at,
        ...about(context),
        program: event.type === 'attempt.started' ? event.program : null,
      }),
    ),
    reportProgress: sendParent(
      ({context, event}): Input => ({
        type: 'report-progress',
        at: event.at,
        ...about(context),
        note: event.type === 'attempt.progressed' ? event.note : '',
      }),
    ),
    /** For stops that the agent decides on itself; the coordinator knows of those it asked for. */
    reportStopping: enqueueActions(({context, event, enqueue}) => {
      const cause =
        event.type === 'attempt.left-behind'
          ? {kind: 'left-behind' as const, processes: event.processes}
          : overdue(activeOf(context), event.at);
      if (cause === null) return;
      const report: Input = {type: 'report-stopping', at: event.at, ...about(context), cause};
      enqueue.sendParent(report);
    }),
    reportExited: enqueueActions(({context, event, enqueue}) => {
      if (event.type !== 'attempt.dead') return;
      const report: Input = {type: 'report-exited', at: event.at, ...about(context), exit: event.exit};
      enqueue.sendParent(report);
    }),
    reportQuarantined: sendParent(
      ({context, event}): Input => ({
        type: 'report-quarantined',
        at: event.at,
        ...about(context),
        survivors: event.type === 'attempt.survived' ? event.survivors : whatSurvived(activeOf(context)),
      }),
    ),
    refuseStart: enqueueActions(({context, event, enqueue}) => {
      if (event.type !== 'start' && event.type !== 'adopt') return;
      const {spec, fence} = event.assignment;
      const report: Input = {
        type: 'report-start-refused',
        at: event.at,
        taskId: spec.id,
        fence,
        agentId: context.agentId,
        busyWith: activeOf(context).fence,
      };
      enqueue.sendParent(report);
    }),
    refuse: sendParent(
      ({context, event}): Input => ({
        type: 'unknown-input',
        at: event.at,
        input: `${event.type} to ${context.agentId}`,
      }),
    ),
  },
}).createMachine({
  id: 'agent',
  description:
    'One agent: it runs one attempt at a time, and its files are free when nothing of that is alive.',
  context: ({input}) => ({agentId: input.agentId, active: null}),
  initial: 'idle',
  on: {
    '*': {
      description:
        'Nothing else belongs here. The refusal is recorded. Only if the actor of its attempt fails, this one does too, and the coordinator replaces it.',
      guard: 'isNoFailure',
      actions: 'refuse',
    },
  },
  states: {
    idle: {
      description: 'Nothing of any attempt is alive. Leaves when it is told to start one.',
      on: {
        start: {target: 'busy', actions: 'begin'},
        adopt: {target: 'busy.killing', actions: 'adopt'},
        stop: {description: 'The attempt has just ended; its report is on the way.'},
        wake: {description: 'The deadline belonged to an attempt that has ended.'},
      },
    },
    busy: {
      description: 'Something of one attempt may be alive. Leaves only when it is confirmed dead.',
      invoke: {id: 'attempt', src: 'attempt', input: ({context}) => ({active: activeOf(context)})},
      initial: 'starting',
      on: {
        start: {description: 'It works on another attempt. The refusal is recorded.', actions: 'refuseStart'},
        adopt: {description: 'It works on another attempt. The refusal is recorded.', actions: 'refuseStart'},
        stop: [
          {guard: 'isCurrentForced', target: '.killing'},
          {guard: 'isCurrent', target: '.stopping'},
          {description: 'It was meant for an attempt that has ended.'},
        ],
        'attempt.ended': {target: '.ending'},
        'attempt.dead': {target: 'idle', actions: ['reportExited', 'clear']},
        'attempt.active': {description: 'Only a running attempt has a quiet timeout.'},
        'attempt.progressed': {actions: 'reportProgress'},
        'attempt.left-behind': {description: 'It is being stopped already.'},
        'attempt.started': {
          description: 'It was told to stop before it had started.',
          actions: 'reportStarted',
        },
        'attempt.survived': {target: '.quarantined', actions: 'reportQuarantined'},
      },
      states: {
        starting: {
          description:
            'The work was ordered and has not reported back. Leaves when it runs, or is to be stopped.',
          on: {
            'attempt.started': {target: 'running', actions: 'reportStarted'},
            'attempt.active': {actions: 'noteActivity'},
            'attempt.left-behind': {target: 'stopping.terminating', actions: 'reportStopping'},
            wake: [
              {guard: 'isOverdue', target: 'stopping', actions: 'reportStopping'},
              {description: 'Nothing is due yet.'},
            ],
          },
        },
        running: {
          description: 'The work goes on. Leaves when it ends, times out, or is to be stopped.',
          on: {
            'attempt.active': {actions: 'noteActivity'},
            'attempt.progressed': {actions: ['noteActivity', 'reportProgress']},
            'attempt.left-behind': {target: 'stopping.terminating', actions: 'reportStopping'},
            wake: [
              {guard: 'isOverdue', target: 'stopping', actions: 'reportStopping'},
              {description: 'Nothing is due yet.'},
            ],
          },
        },
        stopping: {
          description:
            'It was told to stop and may still tidy up. Leaves when it is dead, or its grace is over.',
          initial: 'asking',
          on: {
            stop: [
              {guard: 'isCurrentForced', target: 'killing'},
              {description: 'It is being stopped already.'},
            ],
          },
          states: {
            asking: {
              description: 'Asked politely: abort signal, or SIGINT to the process group.',
              entry: [
                {type: 'tellAttempt', params: {type: 'ask'}},
                {type: 'enterRung', params: {rung: 'askMs'}},
              ],
              on: {
                wake: [{guard: 'isRungDue', target: 'terminating'}, {description: 'It still has time.'}],
                'attempt.left-behind': {target: 'terminating'},
              },
            },
            terminating: {
              description: 'SIGTERM went to the process group.',
              entry: [
                {type: 'tellAttempt', params: {type: 'terminate'}},
                {type: 'enterRung', params: {rung: 'graceMs'}},
              ],
              on: {
                wake: [
                  {guard: 'isRungDue', target: '#agent.busy.killing'},
                  {description: 'It still has time.'},
                ],
              },
            },
          },
        },
        killing: {
          description: 'SIGKILL went to the group and to descendants that left it. Leaves when all are gone.',
          entry: [
            {type: 'tellAttempt', params: {type: 'kill'}},
            {type: 'enterRung', params: {rung: 'sweepMs'}},
          ],
          on: {
            stop: {description: 'There is nothing stronger.'},
            wake: [
              {guard: 'isRungDue', target: 'quarantined', actions: 'reportQuarantined'},
              {description: 'The sweep still has time.'},
            ],
          },
        },
        ending: {
          description:
            'Nothing of the attempt is alive, and it is looked at what it changed. Nothing can be late or stopped any more.',
          entry: 'dropDeadlines',
          on: {
            stop: {description: 'There is nothing left to stop.'},
            wake: {description: 'The deadline belonged to what has ended.'},
            'attempt.ended': {description: 'That is known.'},
            'attempt.survived': {description: 'It has ended after all.'},
          },
        },
        quarantined: {
          description:
            'Something survived SIGKILL. The agent takes no work and its files stay held until it has ended.',
          entry: 'dropDeadlines',
          on: {
            stop: {description: 'There is nothing stronger.'},
            wake: {description: 'Only the operating system can end it now.'},
            'attempt.survived': {description: 'That is known.'},
            'attempt.progressed': {description: 'Its task has ended.'},
          },
        },
      },
    },
  },
});
