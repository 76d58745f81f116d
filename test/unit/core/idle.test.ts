import {describe, expect, test} from 'vitest';
import {isIdle} from '../../../src/core/state.ts';
import {CoreRun} from '../../support/core-run.ts';
import {EXITED_BADLY} from '../../support/core-settings.ts';

/** One agent is held by something that could not be stopped, and a task waits for it. */
const stuck = (): CoreRun => {
  const run = new CoreRun({dev: {}, ops: {}});
  run.submit('survivor', 'dev', ['a']);
  run.quarantine('survivor');
  run.submit('behind', 'dev', ['b']);
  return run;
};

describe('beside something that could not be stopped, the coordinator is', () => {
  test('idle when all that is left can only wait for it', () => {
    expect(isIdle(stuck().state)).toBe(true);
  });

  test('not idle while a task runs', () => {
    const run = stuck();
    run.submit('other', 'ops', ['c']);
    expect(isIdle(run.state)).toBe(false);
    run.end('other');
    expect(isIdle(run.state)).toBe(true);
  });

  test('not idle while a task waits for its next attempt', () => {
    const run = stuck();
    run.submit('other', 'ops', ['c'], {retry: {maxAttempts: 2}});
    run.end('other', EXITED_BADLY);
    expect(run.state.counts.retrying).toBe(1);
    expect(isIdle(run.state)).toBe(false);
  });

  test('not idle while it is paused: what is queued may start when it is resumed', () => {
    const run = stuck();
    run.mode('paused');
    run.submit('other', 'ops', ['c']);
    expect(isIdle(run.state)).toBe(false);
    run.mode('running');
    expect(run.state.tasks.get('other')?.state.name).toBe('running');
  });
});
