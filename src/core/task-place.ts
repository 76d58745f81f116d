import {orderKey, type Place} from './place.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskRecord} from './task.ts';

/** Where the task stands in the order, or will stand once it is queued. */
export const placeOf = (
  {settings}: Pick<CoordinatorState, 'settings'>,
  {spec, submittedAt, arrival}: TaskRecord,
): Place => ({key: orderKey(submittedAt, spec.priority, settings.agingMs), arrival});
