import {FRONT, orderKey, type Place} from './place.ts';
import type {Settings} from './settings.ts';
import type {TaskRecord} from './task.ts';
import {unreachable} from './unreachable.ts';

const keyOf = ({policy, agingMs}: Settings, {spec, submittedAt}: TaskRecord): number => {
  switch (policy) {
    case 'fair':
      return orderKey(submittedAt, spec.priority, agingMs);
    // The arrival alone decides.
    case 'throughput':
    case 'ordered':
      return 0;
    default:
      return unreachable(policy);
  }
};

/** Where the task stands in the queue, or will stand once it is queued. */
export const placeOf = ({settings}: {readonly settings: Settings}, record: TaskRecord): Place => ({
  key: record.isPromoted ? FRONT : keyOf(settings, record),
  arrival: record.arrival,
});
