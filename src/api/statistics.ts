import type {DisjointEvent} from '../core/events.ts';
import type {TaskId} from '../core/task.ts';
import type {PastRun} from './journal-reading.ts';

/** How the tasks of an agent type went. Times in ms. */
export interface AgentTypeStatistics {
  readonly agentType: string;
  /** Tasks that have ended, by how. */
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  /** Of those that ended by themselves, the share that succeeded, 0 to 1; `null` if none did. */
  readonly successRate: number | null;
  /** How long attempts that succeeded took; `null` if none did. */
  readonly medianMs: number | null;
  readonly longestMs: number | null;
  /** What all attempts took together. */
  readonly totalMs: number;
}

/** How much faster runs were than one task after the other: all work ÷ all time; `null` where nothing was done. */
type Speedup = number | null;

/** What past runs tell. */
export interface Statistics {
  readonly type: 'run.statistics';
  /** Runs that have ended. */
  readonly runs: number;
  readonly tasks: number;
  readonly successRate: number | null;
  readonly speedup: Speedup;
  readonly speedupToday: Speedup;
  /** By name. */
  readonly agentTypes: readonly AgentTypeStatistics[];
}

interface Tally {
  succeeded: number;
  failed: number;
  cancelled: number;
  skipped: number;
  totalMs: number;
  readonly tookMs: number[];
}

const newTally = (): Tally => ({succeeded: 0, failed: 0, cancelled: 0, skipped: 0, totalMs: 0, tookMs: []});

const medianOf = (sorted: readonly number[]): number | null => {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
};

const rateOf = (succeeded: number, failed: number): number | null =>
  succeeded + failed === 0 ? null : Number((succeeded / (succeeded + failed)).toFixed(3));

/** Adds up, event by event, what became of the tasks of each agent type. */
const tallyOf = (events: readonly DisjointEvent[]): ReadonlyMap<string, Tally> => {
  const tallies = new Map<string, Tally>();
  // Ids are used again by later runs: the latest task with an id is the one that events are about.
  const agentTypes = new Map<TaskId, string>();
  const ofTask = (taskId: TaskId): Tally => {
    const agentType = agentTypes.get(taskId) ?? '';
    const tally = tallies.get(agentType) ?? newTally();
    tallies.set(agentType, tally);
    return tally;
  };
  for (const event of events) {
    switch (event.type) {
      case 'task.submitted':
        agentTypes.set(event.taskId, event.spec.agentType);
        break;
      case 'attempt.exited':
        ofTask(event.taskId).totalMs += event.exit.durationMs;
        break;
      case 'task.succeeded': {
        const tally = ofTask(event.taskId);
        tally.succeeded++;
        tally.tookMs.push(event.exit.durationMs);
        break;
      }
      case 'task.failed':
        ofTask(event.taskId).failed++;
        break;
      case 'task.cancelled':
        ofTask(event.taskId).cancelled++;
        break;
      case 'task.skipped':
        ofTask(event.taskId).skipped++;
        break;
      default:
    }
  }
  return tallies;
};

const speedupOf = (runs: readonly PastRun[]): Speedup => {
  let [workMs, wallMs] = [0, 0];
  for (const {summary} of runs) {
    workMs += summary?.sequentialMs ?? 0;
    wallMs += summary?.wallMs ?? 0;
  }
  return workMs > 0 && wallMs > 0 ? Number((workMs / wallMs).toFixed(2)) : null;
};

/**
 * What the runs of a project tell.
 *
 * @param events All that the journal has.
 * @param todayFrom Wall time (ms) at which today began, for whoever asks.
 */
export const statisticsOf = (
  runs: readonly PastRun[],
  events: readonly DisjointEvent[],
  todayFrom: number,
): Statistics => {
  const ended = runs.filter(({summary}) => summary !== null);
  const agentTypes = [...tallyOf(events)].map(([agentType, tally]): AgentTypeStatistics => {
    const {succeeded, failed, cancelled, skipped, totalMs, tookMs} = tally;
    const sorted = tookMs.toSorted((a, b) => a - b);
    return {
      agentType,
      succeeded,
      failed,
      cancelled,
      skipped,
      successRate: rateOf(succeeded, failed),
      medianMs: medianOf(sorted),
      longestMs: sorted.at(-1) ?? null,
      totalMs: Math.round(totalMs),
    };
  });
  const sum = (count: (one: AgentTypeStatistics) => number): number =>
    agentTypes.reduce((all, one) => all + count(one), 0);
  const [succeeded, failed] = [sum((one) => one.succeeded), sum((one) => one.failed)];
  return {
    type: 'run.statistics',
    runs: ended.length,
    tasks: succeeded + failed + sum((one) => one.cancelled + one.skipped),
    successRate: rateOf(succeeded, failed),
    speedup: speedupOf(ended),
    speedupToday: speedupOf(ended.filter(({startedAt}) => startedAt >= todayFrom)),
    agentTypes: agentTypes.toSorted((a, b) => (a.agentType < b.agentType ? -1 : 1)),
  };
};
