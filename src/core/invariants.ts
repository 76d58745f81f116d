import {firstCollision} from './lock-table.ts';
import type {CoordinatorState} from './state.ts';
import {isLive, type TaskStateName} from './task.ts';

/**
 * What must hold in every state that `step` can reach. Each broken rule is one sentence; none broken, none said.
 *
 * This looks at the coordinator's own state. Whether the world agrees with it is for tests on ground truth.
 */
export const brokenInvariants = (state: CoordinatorState): readonly string[] => {
  const broken: string[] = [];
  const holds = state.lockTable.holds();
  const fences = new Set(holds.map((hold) => hold.fence));

  for (const [i, a] of holds.entries()) {
    for (const b of holds.slice(i + 1)) {
      if (a.agentId === b.agentId) broken.push(`${a.taskId} and ${b.taskId} share the agent ${a.agentId}`);
      if (firstCollision(a, b) !== null && !a.overlapped && !b.overlapped) {
        broken.push(`${a.taskId} and ${b.taskId} hold claims that overlap`);
      }
    }
    if (a.fence > state.fence) broken.push(`${a.taskId} holds the fence ${a.fence} that was never given out`);
  }

  const counted: Partial<Record<TaskStateName, number>> = {};
  let live = 0;
  for (const [taskId, {spec, state: current}] of state.tasks) {
    counted[current.name] = (counted[current.name] ?? 0) + 1;
    if (isLive(current)) {
      live++;
      if (!fences.has(current.fence)) broken.push(`${taskId} is ${current.name} but holds nothing`);
    }
    const started = isLive(current) || current.name === 'queued' || current.name === 'succeeded';
    const early = spec.dependsOn.find(
      (dependency) => state.tasks.get(dependency)?.state.name !== 'succeeded',
    );
    if (started && early !== undefined) broken.push(`${taskId} is ${current.name} before ${early} succeeded`);
    if (current.name === 'waiting' && current.unmet <= 0) broken.push(`${taskId} waits for nothing`);
    if ((current.name === 'retrying') !== state.backoffs.has(taskId)) {
      broken.push(`${taskId} is ${current.name} and its back-off says otherwise`);
    }
  }

  const running = holds.filter((hold) => !hold.quarantined).length;
  if (running !== live) broken.push(`${running} attempts hold agents but ${live} tasks are live`);
  for (const name of Object.keys(state.counts) as readonly TaskStateName[]) {
    if (state.counts[name] !== (counted[name] ?? 0)) {
      broken.push(`${state.counts[name]} tasks are counted as ${name}, ${counted[name] ?? 0} are`);
    }
  }
  for (const fence of state.accounting.starting) {
    if (state.lockTable.get(fence)?.quarantined !== false) {
      broken.push(`attempt ${fence} is starting but holds nothing`);
    }
  }
  if (state.queue.size !== state.counts.queued) {
    broken.push(`${state.queue.size} tasks stand in the queue, ${state.counts.queued} are queued`);
  }
  return broken;
};
