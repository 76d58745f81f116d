import {describe, expect, test} from 'vitest';
import type {AttemptExit, ExitReason, ProgramResult, StopCause} from '../../../src/core/failures.ts';
import {judge} from '../../../src/core/verdict.ts';

const exit = (how: ExitReason, changes: Partial<AttemptExit> = {}): AttemptExit => ({
  how,
  durationMs: 1_234,
  logPath: '/logs/t1.log',
  tail: ['the last line'],
  changed: null,
  ...changes,
});

const exited = (code: number, result: ProgramResult = {kind: 'not-expected'}): ExitReason => ({
  kind: 'exited',
  code,
  result,
});
const boom = new Error('boom');

/** Every way to end, from the best to the worst. */
const ENDS: readonly ExitReason[] = [
  {kind: 'returned', value: 1},
  exited(0),
  exited(0, {kind: 'success', text: 'done'}),
  exited(0, {kind: 'failure', text: 'no'}),
  exited(0, {kind: 'missing', expected: '"result" event'}),
  exited(3),
  {kind: 'signalled', signal: 'SIGSEGV'},
  {kind: 'threw', message: 'boom', error: boom},
  {kind: 'not-started', message: 'there is no program "x" on PATH', hint: 'install it'},
];

const said = (how: ExitReason, stop: StopCause | null = null, changes: Partial<AttemptExit> = {}): string => {
  const verdict = judge(exit(how, changes), stop);
  switch (verdict.kind) {
    case 'succeeded':
      return 'succeeded';
    case 'cancelled':
      return `cancelled: ${verdict.reason}`;
    case 'failed':
      return `${verdict.failure.code}: ${verdict.failure.message} (${verdict.failure.hint})`;
  }
};

describe('the verdict on an attempt', () => {
  test('that was left alone follows from how it ended', () => {
    const seeLog = '(see its log: /logs/t1.log)';
    expect(ENDS.map((how) => said(how))).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
      `result-failure: reported failure: no ${seeLog}`,
      `result-missing: exited with code 0 but never printed its "result" event ${seeLog}`,
      `exit-code: exited with code 3 ${seeLog}`,
      `signalled: was killed by SIGSEGV ${seeLog}`,
      'threw: threw: boom (see the error)',
      'not-started: could not start: there is no program "x" on PATH (install it)',
    ]);
  });

  test('that a person stopped is cancelled, however it ended', () => {
    for (const how of ENDS) {
      expect(said(how, {kind: 'cancelled', reason: 'not needed'})).toBe('cancelled: not needed');
      expect(said(how, {kind: 'shutdown', reason: 'shut down'})).toBe('cancelled: shut down');
    }
  });

  test('that took too long has timed out, however it ended', () => {
    for (const how of ENDS) {
      expect(said(how, {kind: 'timed-out', afterMs: 90_000})).toMatch(/^timed-out: timed out after 90 s /u);
      expect(said(how, {kind: 'quiet', afterMs: 1_500})).toMatch(
        /^quiet: printed nothing for 1\.5 s .*\/logs\/t1\.log/u,
      );
      expect(said(how, {kind: 'agent-crashed', message: 'oh'})).toMatch(
        /^agent-crashed: its agent crashed: oh /u,
      );
    }
  });

  test('that left processes behind follows from how the program itself ended', () => {
    for (const how of ENDS) expect(said(how, {kind: 'left-behind', processes: 2})).toBe(said(how));
  });

  test('a wrong exit code counts, whatever the program said of itself', () => {
    for (const result of [
      {kind: 'success', text: 'done'},
      {kind: 'failure', text: 'no'},
    ] as const) {
      expect(said(exited(145, result))).toMatch(/^exit-code: exited with code 145 /u);
    }
  });

  test('carries what is known of the end: code, signal, time, log, last lines and what was thrown', () => {
    const failureOf = (how: ExitReason, stop: StopCause | null = null) => {
      const verdict = judge(exit(how), stop);
      return verdict.kind === 'failed' ? verdict.failure : null;
    };
    const always = {durationMs: 1_234, logPath: '/logs/t1.log', tail: ['the last line']};
    expect(failureOf(exited(3))).toMatchObject({...always, exitCode: 3, signal: null});
    expect(failureOf(exited(0, {kind: 'failure', text: ''}))).toMatchObject({...always, exitCode: 0});
    expect(failureOf({kind: 'signalled', signal: 'SIGKILL'})).toMatchObject({
      ...always,
      exitCode: null,
      signal: 'SIGKILL',
    });
    expect(failureOf(exited(0), {kind: 'timed-out', afterMs: 1})).toMatchObject({...always, exitCode: null});
    expect(failureOf({kind: 'threw', message: 'boom', error: boom})?.error).toBe(boom);
  });

  test('does not point to a log where there is none', () => {
    expect(said(exited(1), null, {logPath: null})).toBe('exit-code: exited with code 1 (see the error)');
  });
});
