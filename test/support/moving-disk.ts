import type {Look, Looks} from '../../src/core/claim/look.ts';
import type {StartAttempt} from '../../src/core/effects.ts';
import type {DisjointEvent} from '../../src/core/events.ts';
import type {Input} from '../../src/core/inputs.ts';
import {brokenInvariants} from '../../src/core/invariants.ts';
import {isSameClaims, looksFor, reclaim} from '../../src/core/reclaim.ts';
import {type CoordinatorState, initialState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import type {TaskSpec} from '../../src/core/task.ts';
import {ClaimWatch} from '../../src/runtime/claim-watch.ts';
import {coreSettings, RETURNED} from './core-settings.ts';

/** Symbolic links of a small repository, each with the file or folder that it leads to now. */
type Links = Readonly<Record<'l1' | 'l2', string | null>>;

const FILES = ['a', 'b', 'd/x', 'd/y'] as const;
export const TARGETS = [null, ...FILES, 'd', 'l1', 'l1', 'l2', 'l2'] as const;
export const CLAIMS = ['a', 'b', 'd/x', 'd/', 'd/*', 'l1', 'l2', 'l1/x'] as const;

/**
 * Follows the links, as a kernel would: what a path leads to, and which links the path is as a whole on its way there; null
 * if they lead in a circle.
 */
const follow = (
  path: string,
  links: Links,
): {readonly real: string; readonly through: readonly string[]} | null => {
  const through: string[] = [];
  let at = path;
  for (let i = 0; i < 8; i++) {
    const [first = '', ...rest] = at.split('/');
    const target = first === 'l1' || first === 'l2' ? links[first] : null;
    if (target === null) return {real: at, through};
    if (rest.length === 0) through.push(first);
    at = [target, ...rest].join('/');
  }
  return null;
};

const lookAt =
  (links: Links) =>
  (path: string): Look => {
    const end = follow(path, links);
    if (end === null) return {kind: 'loop'};
    const {real, through} = end;
    const exists = real === 'd' || (FILES as readonly string[]).includes(real);
    return {
      kind: 'inside',
      segments: real.split('/'),
      ids: [],
      links: through.map((name) => ({segments: [name], ids: []})),
      exists,
      isDirectory: real === 'd',
    };
  };

/** What a task that claims this may really write, written down without the code under test. */
const filesOf = (claim: string, links: Links): ReadonlySet<string> => {
  const files = new Set<string>();
  const add = (path: string): void => {
    files.add(path);
    if (path === 'd') for (const file of FILES) if (file.startsWith('d/')) files.add(file);
  };
  if (claim === 'd/' || claim === 'd/*') add('d');
  else {
    add(claim);
    const end = follow(claim, links);
    add(end?.real ?? claim);
    for (const name of end?.through ?? []) add(name);
  }
  return files;
};

interface Running {
  readonly fence: number;
  readonly taskId: string;
  readonly files: ReadonlySet<string>;
}

/** A coordinator's core with a disk below it whose links change all the time. */
export class MovingDisk {
  links: Links = {l1: null, l2: null};
  running: readonly Running[] = [];
  /** Everything that was decided. */
  readonly journal: DisjointEvent[] = [];
  readonly seen = {returned: 0, changed: 0, refused: 0, atEnd: 0};
  core: CoordinatorState = step(initialState(coreSettings({dev: {instances: 8}}), 4), {
    type: 'change-mode',
    at: 0,
    mode: 'running',
    queued: 'keep',
    running: 'finish',
    reason: 'started',
  }).state;
  readonly #watch = new ClaimWatch({look: () => lookAt(this.links)}, this.core.settings);
  readonly #lookedAt = new Map<number, Looks>();
  #at = 1;
  readonly #claims = new Map<string, readonly string[]>();

  tell(input: Input): void {
    const {state, events, effects} = step(this.core, input);
    this.core = state;
    this.journal.push(...events);
    const [broken] = brokenInvariants(state);
    if (broken !== undefined) throw new Error(`broken promise: ${broken}`);
    for (const event of events) {
      if (event.type === 'attempt.overlapped') this.seen.returned++;
      if (event.type === 'claims.changed') this.seen.changed++;
      if (event.type === 'task.failed') this.seen.refused++;
    }
    for (const effect of effects) if (effect.kind === 'start-attempt') this.#start(effect);
  }

  submit(claims: readonly string[]): void {
    const id = `t${this.#claims.size}`;
    const request = {id, agentType: 'dev', description: '', files: claims, work: {kind: 'function'} as const};
    this.#claims.set(id, claims);
    const looks = looksFor([request], this.core.settings, lookAt(this.links));
    this.tell({type: 'submit-tasks', at: this.#at++, submission: 's', tasks: [request], looks});
  }

  exit(n: number): void {
    const process = this.running[n % this.running.length];
    if (process === undefined) return;
    const {taskId, fence} = process;
    const looks = this.#watch.lookAt(this.#specs(taskId));
    if (looks !== null) {
      this.seen.atEnd++;
      this.tell({
        type: 'report-looked',
        at: this.#at++,
        taskId,
        fence,
        when: 'end',
        looks,
        yetToStart: this.#yetToStart(),
      });
    }
    this.running = this.running.filter((one) => one !== process);
    this.tell({type: 'report-exited', at: this.#at++, taskId, fence, exit: RETURNED});
  }

  /** As the runtime does it: looks again, and starts only what stands for the files that the core knows of. */
  #start({spec, fence}: StartAttempt): void {
    const specs = this.#specs(spec.id);
    const before = this.#lookedAt.get(fence);
    const isLookedAt = before !== undefined && this.#watch.isAsSeen(before);
    const looks = this.#watch.lookAt(specs);
    const haveChanged = specs.some((one) => {
      const now = reclaim(one, this.core.settings, lookAt(this.links));
      return !(now.ok && isSameClaims(now.value, one));
    });
    if (haveChanged !== (looks !== null)) throw new Error('broken promise: claims changed and nobody saw it');
    if (!isLookedAt && looks !== null) {
      this.#lookedAt.set(fence, looks);
      this.tell({
        type: 'report-looked',
        at: this.#at++,
        taskId: spec.id,
        fence,
        when: 'start',
        looks,
        yetToStart: this.#yetToStart(),
      });
      return;
    }
    const files = new Set(
      (this.#claims.get(spec.id) ?? []).flatMap((claim) => [...filesOf(claim, this.links)]),
    );
    for (const other of this.running) {
      const shared = [...files].find((file) => other.files.has(file));
      if (shared !== undefined) {
        throw new Error(
          `broken promise: ${spec.id} and ${other.taskId} run at once and could write ${shared}`,
        );
      }
    }
    this.running = [...this.running, {fence, taskId: spec.id, files}];
  }

  #yetToStart(): readonly number[] {
    const begun = new Set(this.running.map(({fence}) => fence));
    return this.core.lockTable.holds().flatMap(({fence}) => (begun.has(fence) ? [] : [fence]));
  }

  /** What this task and all that run beside it claim, as the core knows it. */
  #specs(taskId: string): readonly TaskSpec[] {
    const ids = new Set([taskId, ...this.running.map((one) => one.taskId)]);
    return [...ids].flatMap((id) => this.core.tasks.get(id)?.spec ?? []);
  }
}
