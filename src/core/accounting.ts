import type {Fence} from './task.ts';

/**
 * Why a slot did no work.
 *
 * - `noTask`: every unfinished task runs, or is what another free slot waits for.
 * - `mode`: the coordinator is paused, has not started yet, or only finishes what runs.
 * - `agentType`, `tag`, `file`, `resources`, `reservation`: what keeps a queued task from starting. `resources`: the machine is
 *   busy.
 * - `dependency`, `backOff`: what keeps a task from being queued.
 * - `dispatch`: the slot is taken, and the work of its attempt has not begun.
 */
export type IdleCause =
  | 'noTask'
  | 'mode'
  | 'agentType'
  | 'tag'
  | 'file'
  | 'resources'
  | 'reservation'
  | 'dependency'
  | 'backOff'
  | 'dispatch';

/** Slot time (ms) by cause. */
export type IdleTimes = Readonly<Record<IdleCause, number>>;

/** Where the time of all slots went, up to a moment. Whole milliseconds, so that sums are exact. */
export interface Accounting {
  /** What was charged so far ends here. */
  readonly untilMs: number;
  /** The limit, summed over each millisecond in which something was unfinished. */
  readonly slotMs: number;
  /** How much of it did no work. */
  readonly idleMs: IdleTimes;
  /** The attempts that were dispatched, and whose work has not begun. */
  readonly starting: readonly Fence[];
}

export const NOTHING_CHARGED: Accounting = {
  untilMs: 0,
  slotMs: 0,
  idleMs: {
    noTask: 0,
    mode: 0,
    agentType: 0,
    tag: 0,
    file: 0,
    resources: 0,
    reservation: 0,
    dependency: 0,
    backOff: 0,
    dispatch: 0,
  },
  starting: [],
};
