import type {Accounting} from './accounting.ts';
import type {EventBody} from './events.ts';
import type {Fence} from './task.ts';

const without = (accounting: Accounting, fence: Fence): Accounting =>
  accounting.starting.includes(fence)
    ? {...accounting, starting: accounting.starting.filter((one) => one !== fence)}
    : accounting;

/** Which attempts are starting, after an event. */
export const noteStart = (accounting: Accounting, event: EventBody): Accounting => {
  switch (event.type) {
    case 'attempt.dispatched':
      return {...accounting, starting: [...accounting.starting, event.fence]};
    case 'attempt.started':
    case 'attempt.exited':
    case 'attempt.interrupted':
    case 'attempt.quarantined':
      return without(accounting, event.fence);
    case 'attempt.overlapped':
      return event.when === 'start' ? without(accounting, event.fence) : accounting;
    default:
      return accounting;
  }
};
