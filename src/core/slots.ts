import type {CoordinatorState} from './state.ts';

/** How many may run at once now: the limit, or less while the machine is busy. Never less than 1. */
export const slotLimit = ({maxParallel, gate}: Pick<CoordinatorState, 'maxParallel' | 'gate'>): number =>
  gate.paused ? 1 : Math.min(maxParallel, gate.lowered ?? maxParallel);

/** May one more run, as far as the limit and the use of the machine go? */
export const hasSlot = (state: CoordinatorState): boolean => state.lockTable.running < slotLimit(state);
