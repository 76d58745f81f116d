import {type Bar, timelineSvg} from '../../src/cli/render/timeline-svg.ts';
import type {DisjointEvent, RunSummary} from '../../src/index.ts';

/** When each attempt held its agent, from the events of a run. */
const barsOf = (events: readonly DisjointEvent[]): readonly Bar[] => {
  const started = new Map<number, {readonly agent: string; readonly at: number}>();
  const bars: Bar[] = [];
  for (const event of events) {
    if (event.type === 'attempt.dispatched') started.set(event.fence, {agent: event.agentId, at: event.at});
    if (event.type !== 'attempt.exited') continue;
    const start = started.get(event.fence);
    if (start !== undefined)
      bars.push({agent: start.agent, task: event.taskId, startMs: start.at, endMs: event.at});
  }
  return bars;
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** A run as a picture: a row for each agent, a bar for each attempt, and what it all came to. */
export const runSvg = (events: readonly DisjointEvent[], summary: RunSummary): string => {
  const {total, succeeded} = summary.tasks;
  const caption = `${succeeded} of ${total} tasks in ${seconds(summary.wallMs)}: one by one ${seconds(summary.sequentialMs)}, so ${summary.speedup.toFixed(1)} times faster. At best ${seconds(summary.lowerBoundMs)}, bound by ${summary.lowerBoundBy}.`;
  return timelineSvg(barsOf(events), caption);
};
