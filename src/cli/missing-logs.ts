import {filter, type Observable, type Subscription, take} from 'rxjs';
import type {DisjointEvent} from '../index.ts';

/** True for the end of a program whose log could not be made. */
const isWithoutLog = (event: DisjointEvent): boolean =>
  event.type === 'attempt.exited' &&
  event.exit.logPath === null &&
  (event.exit.how.kind === 'exited' || event.exit.how.kind === 'signalled');

/** Says once that the output of programs goes nowhere: the work goes on without logs, but nobody should look for them. */
export const tellMissingLogs = (
  events$: Observable<DisjointEvent>,
  stateDir: string,
  tell: (text: string) => void,
): Subscription =>
  events$
    .pipe(filter(isWithoutLog), take(1))
    .subscribe(() =>
      tell(`No logs can be written in ${stateDir}: check who may write there, and whether the disk is full.`),
    );
