import {isSameLook, type Looks} from '../core/claim/look.ts';
import {isSameClaims, reclaimed, recordedLooks} from '../core/reclaim.ts';
import type {Settings} from '../core/settings.ts';
import type {TaskSpec} from '../core/task.ts';
import type {PathResolver} from '../ports/path-resolver.ts';

/**
 * Knows of tasks whether the disk still shows the files behind their claims that it showed.
 *
 * How claims are read depends on nothing but what is seen. So where the same is seen of every path that was asked for, the
 * claims are the same, and nothing has to be read again: with eight tasks that run, that is all but one look in sixteen.
 */
export class ClaimWatch {
  readonly #resolver: PathResolver;
  readonly #settings: Settings;
  /** What was seen when the claims were found to be as they are. A task with other claims is another object. */
  readonly #seen = new WeakMap<TaskSpec, Looks>();

  constructor(resolver: PathResolver, settings: Settings) {
    this.#resolver = resolver;
    this.#settings = settings;
  }

  /**
   * Looks at what these tasks claim, as the disk is now. Returns everything that was seen if any of their claims stand for
   * other files than was known, or are no longer allowed; else `null`.
   */
  lookAt(specs: readonly TaskSpec[]): Looks | null {
    const all = recordedLooks(this.#resolver.look());
    // Every one of them is looked at, for whoever decides has to see them all.
    const changed = specs.map((spec) => this.#hasChanged(spec, all.look));
    return changed.includes(true) ? all.looks : null;
  }

  /** Is all of this on the disk as it was seen then? */
  isAsSeen(looks: Looks): boolean {
    return isSeenAgain(looks, this.#resolver.look());
  }

  #hasChanged(spec: TaskSpec, look: ReturnType<typeof recordedLooks>['look']): boolean {
    const before = this.#seen.get(spec);
    if (before !== undefined && isSeenAgain(before, look)) return false;
    const own = recordedLooks(look);
    const {sets, failure} = reclaimed(spec, this.#settings, own.look);
    const isSame = failure === null && isSameClaims(sets, spec);
    if (isSame) this.#seen.set(spec, own.looks);
    return !isSame;
  }
}

function isSeenAgain(before: Looks, look: ReturnType<typeof recordedLooks>['look']): boolean {
  for (const [path, seen] of before) if (!isSameLook(look(path), seen)) return false;
  return true;
}
