import type {Looks} from '../core/claim/look.ts';
import type {StartAttempt} from '../core/effects.ts';
import type {DisjointEvent} from '../core/events.ts';
import type {ReportLooked} from '../core/inputs.ts';
import type {CoordinatorState} from '../core/state.ts';
import type {Fence, TaskId} from '../core/task.ts';
import type {Clock} from '../ports/clock.ts';
import type {Attempts} from './attempts.ts';
import type {ClaimWatch} from './claim-watch.ts';

export interface StartsOptions {
  readonly attempts: Attempts;
  /** `null` where claims are taken by their texts alone. */
  readonly claims: ClaimWatch | null;
  readonly clock: Clock;
  /** What is decided so far, also what is not stored yet. */
  readonly core: () => CoordinatorState;
  readonly report: (report: ReportLooked) => void;
  /** Tells the agent to start. */
  readonly begin: (effect: StartAttempt) => void;
  /** Nothing can be decided any more. */
  readonly hasFailed: () => boolean;
  readonly failed: (error: unknown) => void;
}

/**
 * What stands between the decision to start an attempt and its start: a picture of the claimed files, and a last look at what it
 * and those beside it claim. If that shows anything else than was known, the coordinator is told, and decides again.
 */
export class Starts {
  readonly #options: StartsOptions;
  /** What the coordinator was told to be on the disk, by the fence of the attempt that is about to start. */
  readonly #lookedAt = new Map<Fence, Looks>();
  /** The attempts of which something may have run. */
  readonly #begun = new Set<Fence>();

  constructor(options: StartsOptions) {
    this.#options = options;
  }

  /** What takes its time comes before the claims are looked at, so that this is as near to the start as can be. */
  start(effect: StartAttempt): void {
    const {attempts, failed} = this.#options;
    const prepared = attempts.prepare(effect.fence, effect.spec);
    if (prepared === null) this.#start(effect);
    else prepared.then(() => this.#start(effect), failed);
  }

  /** To be told of each event once it is stored: some attempts will not be started after all. */
  committed(event: DisjointEvent): void {
    if (event.type !== 'attempt.exited' && event.type !== 'attempt.overlapped') return;
    this.#lookedAt.delete(event.fence);
    this.#options.attempts.forget(event.fence);
    if (event.type === 'attempt.exited') this.#begun.delete(event.fence);
  }

  /**
   * Looks at what a task, and those that run beside it, claim as the disk is now. If any of their claims stand for other
   * files than was known, the coordinator is told, and decides what becomes of the attempts. Returns whether it was.
   */
  lookAgain(taskId: TaskId, fence: Fence, when: 'start' | 'end'): boolean {
    const {tasks, lockTable} = this.#options.core();
    const holds = lockTable.holds();
    const taskIds = new Set([taskId, ...holds.map((hold) => hold.taskId)]);
    const specs = [...taskIds].flatMap((id) => tasks.get(id)?.spec ?? []);
    const looks = this.#options.claims?.lookAt(specs) ?? null;
    if (looks === null) return false;
    if (when === 'start') this.#lookedAt.set(fence, looks);
    const yetToStart = holds.flatMap((hold) => (this.#begun.has(hold.fence) ? [] : [hold.fence]));
    this.#report({taskId, fence, when, looks, yetToStart});
    return true;
  }

  #start(effect: StartAttempt): void {
    const {hasFailed, begin} = this.#options;
    if (hasFailed() || this.#wasStopped(effect) || this.#mustLookAgain(effect)) return;
    this.#begun.add(effect.fence);
    begin(effect);
  }

  /** It was told to stop before its agent knew of it, so only the coordinator can end it. Returns whether it was. */
  #wasStopped({spec: {id: taskId}, fence}: StartAttempt): boolean {
    const state = this.#options.core().tasks.get(taskId)?.state;
    if (state?.name !== 'stopping' || state.fence !== fence) return false;
    this.#report({taskId, fence, when: 'start', looks: new Map(), yetToStart: []});
    return true;
  }

  /**
   * Where the coordinator was told of what was seen, and nothing has changed since, that was enough: what it decided then was
   * stored meanwhile, and the event loop may have turned.
   */
  #mustLookAgain({spec, fence}: StartAttempt): boolean {
    const before = this.#lookedAt.get(fence);
    this.#lookedAt.delete(fence);
    if (before !== undefined && this.#options.claims?.isAsSeen(before) === true) return false;
    return this.lookAgain(spec.id, fence, 'start');
  }

  #report(report: Omit<ReportLooked, 'type' | 'at'>): void {
    this.#options.report({type: 'report-looked', at: this.#options.clock.now(), ...report});
  }
}
