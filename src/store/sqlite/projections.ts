import type {AttemptOverlapped, ClaimsChanged, DisjointEvent} from '../../core/events.ts';
import type {ClaimSets} from '../../core/lock-table.ts';
import {unreachable} from '../../core/unreachable.ts';
import {numberIn, type Sql, textIn} from './database.ts';
import {claimsToldIn, holdClaims, holdMoreClaims, liveAttempt} from './held-claims.ts';

/** All that runs is gone, and what it held is free. */
const letGoOfAll = (sql: Sql): void => {
  sql.run('interrupt-attempts');
  sql.run('clear-running-agents');
  sql.run('clear-claims');
};

/** The tables tell of one run, and of those that it went on with. */
const clearAll = (sql: Sql): void => {
  for (const table of ['clear-tasks', 'clear-attempts', 'clear-running-agents', 'clear-claims'])
    sql.run(table);
};

const release = (sql: Sql, fence: number, how: 'exited' | 'interrupted' | 'overlapped'): void => {
  if (sql.run('end-attempt', how, fence) === 0) return;
  sql.run('delete-running-agent', fence);
  sql.run('delete-claims', fence);
};

/** From here on it holds these as well, maybe together with another one. */
const extend = (sql: Sql, fence: number, sets: ClaimSets, isShared: boolean): void => {
  const live = liveAttempt(sql, fence);
  if (live === null) return;
  if (isShared && !live.isShared) {
    sql.run('share-attempt', fence);
    sql.run('share-claims', fence);
  }
  holdMoreClaims(sql, fence, sets, isShared || live.isShared);
};

const changeClaims = (sql: Sql, event: ClaimsChanged & {readonly seq: number}): void => {
  const {fence, taskId, seq} = event;
  const live = liveAttempt(sql, fence);
  if (event.when !== 'start') {
    sql.run('reclaim-running-task', seq, taskId, fence);
    extend(sql, fence, event, live?.isQuarantined === true);
    return;
  }
  sql.run('reclaim-task', seq, taskId);
  if (live === null) return;
  sql.run('delete-claims', fence);
  holdClaims(sql, fence, event, live.isShared);
};

const overlap = (sql: Sql, event: AttemptOverlapped & {readonly seq: number}): void => {
  const {fence, taskId, seq} = event;
  sql.run('reclaim-task', seq, taskId);
  const state = textIn(sql.rows('task', taskId)[0], 'state');
  if (state !== 'running' && state !== 'stopping') return;
  if (event.when !== 'start') {
    extend(sql, fence, event, true);
    return;
  }
  release(sql, fence, 'overlapped');
  sql.run('move-task', 'queued', null, taskId);
};

/**
 * Keeps the tables `tasks`, `attempts`, `running_agent` and `claims` in step with the journal. To be called in the
 * transaction of the append, in order.
 *
 * They say what the fold of the events says, and are never read for it: their unique indexes are a second wall. Two running
 * attempts of one agent, or two that write one path, cannot be inserted, and nothing of the append is kept then.
 *
 * @param isFirst It is the first event of its run.
 */
export const project = (sql: Sql, event: DisjointEvent, isFirst: boolean): void => {
  if (isFirst && event.type !== 'run.continued') clearAll(sql);
  switch (event.type) {
    case 'run.continued':
      letGoOfAll(sql);
      break;
    case 'task.submitted':
      sql.run('insert-task', event.taskId, event.spec.agentType, event.seq);
      break;
    case 'task.queued':
      sql.run('move-task', 'queued', null, event.taskId);
      break;
    case 'attempt.dispatched': {
      const {fence, taskId, attempt, agentId} = event;
      const claimsSeq = numberIn(sql.rows('run-task', fence, taskId)[0], 'claims_seq');
      // As the fold does: of a task that is not known nothing is told.
      if (claimsSeq === null) break;
      sql.run('insert-attempt', fence, taskId, attempt, agentId);
      sql.run('insert-running-agent', agentId, fence);
      holdClaims(sql, fence, claimsToldIn(sql, claimsSeq), false);
      break;
    }
    case 'attempt.stopping':
      sql.run('stopping-task', event.taskId);
      break;
    case 'claims.changed':
      changeClaims(sql, event);
      break;
    case 'attempt.overlapped':
      overlap(sql, event);
      break;
    case 'attempt.exited':
      release(sql, event.fence, 'exited');
      break;
    case 'attempt.interrupted':
      release(sql, event.fence, 'interrupted');
      break;
    case 'attempt.quarantined':
      sql.run('quarantine-attempt', event.fence);
      break;
    case 'task.retrying':
      sql.run('move-task', 'retrying', null, event.taskId);
      break;
    case 'task.succeeded':
      sql.run('move-task', 'succeeded', null, event.taskId);
      break;
    case 'task.failed':
      sql.run('move-task', 'failed', null, event.taskId);
      break;
    case 'task.cancelled':
      sql.run('move-task', 'cancelled', null, event.taskId);
      break;
    case 'task.skipped':
      sql.run('move-task', 'skipped', null, event.taskId);
      break;
    // Neither where a task is nor what is held.
    case 'mode.changed':
    case 'limit.changed':
    case 'resources.changed':
    case 'tag.paused':
    case 'tag.resumed':
    case 'submission.refused':
    case 'task.blocked':
    case 'task.reserved':
    case 'task.promoted':
    case 'task.warned':
    case 'priority.changed':
    case 'attempt.started':
    case 'attempt.progressed':
    case 'agent.replaced':
    case 'input.refused':
      break;
    default:
      unreachable(event);
  }
};
