import type {ClaimInput} from '../../src/core/claim/claim.ts';
import type {Input} from '../../src/core/inputs.ts';
import type {Settings} from '../../src/core/settings.ts';
import {type CoordinatorState, initialState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import type {TaskRequest} from '../../src/core/task.ts';
import {coreSettings, EXITED_BADLY, RATE_LIMITED, RETURNED} from './core-settings.ts';

const AGENTS = {
  a: {},
  b: {retry: {maxAttempts: 3, backoffMs: 30}},
  c: {tags: ['api']},
  d: {tags: ['api', 'disk']},
  pair: {instances: 2, tags: ['api']},
  reader: {readOnly: true, instances: 2},
};

/** Files of a small repository, most of them in few hands: two that everybody wants, folders, globs. */
const CLAIMS: readonly ClaimInput[] = [
  'src/hot.ts',
  'src/hot.ts',
  'docs/warm.md',
  'src/a.ts',
  'src/b.ts',
  'src/deep/c.ts',
  'src/deep/d.ts',
  'docs/e.md',
  'docs/f.md',
  'test/g.ts',
  'test/h.ts',
  'README.md',
  'src/',
  'src/deep/',
  'docs/',
  {glob: 'src/*.ts'},
  {glob: '**/*.md'},
  {glob: 'test/{g,x}.ts'},
  './',
];

const EXITS = [EXITED_BADLY, RATE_LIMITED, ...Array.from({length: 8}, () => RETURNED)];

/** What one of many next inputs does, drawn from a few numbers so that ten thousands are quick to make. */
type Draw = (below: number) => number;

export const drawFrom = (seed: number): Draw => {
  let state = seed >>> 0;
  return (below) => {
    // mulberry32: https://github.com/bryc/code/blob/master/jshash/PRNGs.md
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

const someOf = <T>(draw: Draw, things: readonly T[], most: number): readonly T[] =>
  Array.from({length: 1 + draw(most)}, () => things[draw(things.length)]!);

/** Inputs as they may come, one after the other. */
export class Play {
  readonly #draw: Draw;
  #count = 0;
  at = 0;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  next(state: CoordinatorState): Input {
    const draw = this.#draw;
    this.at += draw(4);
    const {at} = this;
    const kind = draw(100);
    const holds = state.lockTable.holds();
    if (kind < 34 || holds.length === 0) {
      const tasks = Array.from({length: 1 + draw(draw(20) === 0 ? 20 : 2)}, () => this.#task(state));
      return {type: 'submit-tasks', at, submission: '', tasks};
    }
    if (kind < 37)
      return {type: 'report-resources', at, use: {cpu: draw(12) * 9, memory: draw(3) === 0 ? null : 50}};
    if (kind < 84) {
      const {taskId, fence} = holds[draw(holds.length)]!;
      return {type: 'report-exited', at, taskId, fence, exit: EXITS[draw(EXITS.length)]!};
    }
    if (kind < 91) {
      const waiting = [...state.queue.tasks];
      const taskId = waiting[draw(Math.max(1, waiting.length))]?.taskId ?? 'none';
      return {type: 'cancel-task', at, taskId, reason: ''};
    }
    if (kind < 92) {
      const waiting = [...state.queue.tasks];
      const taskId = waiting[draw(Math.max(1, waiting.length))]?.taskId ?? 'none';
      return {type: 'set-priority', at, taskId, priority: draw(7) - 3};
    }
    if (kind < 93) return {type: 'set-max-parallel', at, maxParallel: 1 + draw(6)};
    if (kind < 94) {
      const {taskId, fence} = holds[draw(holds.length)]!;
      return {type: 'report-quarantined', at, taskId, fence, survivors: ''};
    }
    if (kind < 95) {
      const mode = state.mode === 'paused' ? 'running' : 'paused';
      return {type: 'change-mode', at, mode, queued: 'keep', running: 'finish', reason: ''};
    }
    return {type: 'wake', at};
  }

  #task(state: CoordinatorState): TaskRequest {
    const draw = this.#draw;
    const id = `t${++this.#count}`;
    const agentType = Object.keys(AGENTS)[draw(6)]!;
    const others = [...state.tasks.keys()];
    return {
      id,
      agentType,
      description: '',
      work: {kind: 'function'},
      priority: draw(6) === 0 ? draw(7) - 3 : 0,
      dependsOn: others.length > 0 && draw(8) === 0 ? someOf(draw, others, 2) : [],
      ...(agentType !== 'reader' && {files: someOf(draw, CLAIMS, 3)}),
      ...(draw(3) === 0 && {reads: someOf(draw, CLAIMS, 2)}),
    };
  }
}

/** A coordinator that runs, and has nothing to do yet. */
export const beginning = (options: Partial<Settings>): CoordinatorState => {
  const settings = coreSettings(AGENTS, {
    lookahead: Infinity,
    agingMs: 5,
    limits: new Map([['api', 2]]),
    ...options,
  });
  const at = {at: 0, queued: 'keep', running: 'finish', reason: ''} as const;
  return step(initialState(settings, 3), {type: 'change-mode', mode: 'running', ...at}).state;
};
