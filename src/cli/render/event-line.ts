import {describeFigure, describeRefusal, describeWait, describeWarning} from '../../api/words.ts';
import type {DisjointEvent} from '../../index.ts';
import {duration, plural, safe} from './text.ts';

/** What a person should read of an event, without the time; `null` for what is only of use to programs. */
export const eventText = (event: DisjointEvent): string | null => {
  switch (event.type) {
    case 'mode.changed':
      return event.to === 'paused' ? `paused: ${event.reason}` : null;
    case 'run.continued':
      return 'the run that was cut short goes on';
    case 'limit.changed':
      return `at most ${event.to} at once now (was ${event.from})`;
    case 'resources.changed':
      return resourcesText(event);
    case 'tag.paused':
      return `${event.taskId} was rate-limited: nothing with the tag ${event.tag} starts for ${duration(event.untilMs - event.at)}`;
    case 'tag.resumed':
      return `tasks with the tag ${event.tag} may start again`;
    case 'task.submitted':
    case 'task.queued':
    case 'submission.refused':
    case 'attempt.exited':
      return null;
    case 'task.blocked':
      return `${event.taskId} ${describeWait(event.blockers)}`;
    case 'task.reserved':
      return `${event.taskId} was overtaken ${event.overtakes} times: it goes before all that conflict with it`;
    case 'priority.changed':
      return `${event.taskId} has priority ${event.to} now (was ${event.from})`;
    case 'task.promoted':
      return `${event.taskId} goes to the front: ${event.starts} others started since it was queued`;
    case 'attempt.dispatched':
      return `${event.taskId} started by ${event.agentId}${event.attempt === 1 ? '' : ` (attempt ${event.attempt})`}`;
    case 'task.warned':
      return `${event.taskId}: ${describeWarning(event.warning)}`;
    case 'claims.changed':
      return null;
    case 'attempt.overlapped':
      return event.when === 'start'
        ? `${event.taskId} was not started after all: it is ${describeWait(event.blockers)}`
        : `${event.taskId} and ${describeWait(event.blockers).replace('waiting for ', '')} could write one file: it will run again`;
    case 'attempt.started':
      return event.program?.version == null ? null : `${event.taskId} runs ${describeProgram(event.program)}`;
    case 'attempt.progressed':
      return `${event.taskId}: ${event.note}`;
    case 'attempt.stopping':
      return `${event.taskId} is being stopped (${describeStop(event)})`;
    case 'attempt.interrupted':
      return `${event.taskId} was interrupted together with the run`;
    case 'attempt.quarantined':
      return `${event.taskId} could not be stopped (${event.survivors}): ${event.agentId} and its files stay held`;
    case 'task.retrying':
      return `${event.taskId} ${event.failure.message}; attempt ${event.attempt} in ${duration(event.untilMs - event.at)}`;
    case 'task.succeeded': {
      const {durationMs, changed} = event.exit;
      const nothing = changed !== null && changed.length === 0 ? ', but changed none of its files' : '';
      return `${event.taskId} succeeded after ${duration(durationMs)}${nothing}`;
    }
    case 'task.failed':
      return `${event.taskId} failed: it ${event.failure.message} (${event.failure.hint})`;
    case 'task.cancelled':
      return `${event.taskId} was cancelled: ${event.reason}`;
    case 'task.skipped':
      return `${event.taskId} was skipped: ${event.because.dependency} ${event.because.outcome === 'failed' ? 'failed' : `was ${event.because.outcome}`}`;
    case 'agent.replaced':
      return `the actor of ${event.agentId} failed and was replaced: ${event.message}`;
    case 'input.refused':
      return `refused: ${describeRefusal(event.refusal).message}`;
  }
};

/** `cpu at 83 %: nothing more starts until it is below 65 %`. */
const resourcesText = ({
  paused,
  lowered,
  figure,
}: Extract<DisjointEvent, {type: 'resources.changed'}>): string => {
  const most = lowered === null ? '' : `at most ${lowered} at once`;
  if (!paused)
    return `${describeFigure(figure)}: ${most === '' ? 'as many as the limit allows' : most} again`;
  const then = most === '' ? '' : `, and then ${most}`;
  return `${describeFigure(figure)}: nothing more starts until the machine is less busy${then}`;
};

/** `claude 2.1.197`; some programs name themselves in what they print for their version. */
const describeProgram = ({
  path,
  version,
}: {
  readonly path: string;
  readonly version: string | null;
}): string => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return version?.toLowerCase().includes(name.toLowerCase()) === true ? version : `${name} ${version ?? ''}`;
};

const describeStop = ({cause}: Extract<DisjointEvent, {type: 'attempt.stopping'}>): string => {
  switch (cause.kind) {
    case 'timed-out':
      return `timed out after ${duration(cause.afterMs)}`;
    case 'quiet':
      return `printed nothing for ${duration(cause.afterMs)}`;
    case 'left-behind':
      return `it ended but left ${plural(cause.processes, 'process').replace('processs', 'processes')} running`;
    case 'agent-crashed':
      return cause.message;
    case 'cancelled':
    case 'shutdown':
      return cause.reason;
  }
};

/** One line for a log that a person reads: `  1.2s  T1 started by code_developer`. */
export const eventLine = (event: DisjointEvent, startedAt: number): string | null => {
  const text = eventText(event);
  return text === null ? null : `${duration(Math.max(0, event.at - startedAt)).padStart(7)}  ${safe(text)}`;
};
