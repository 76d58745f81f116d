import fc from 'fast-check';
import type {ClaimInput} from '../../src/core/claim/claim.ts';
import type {Look} from '../../src/core/claim/look.ts';
import type {Input} from '../../src/core/inputs.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import type {TagLimits} from '../../src/core/tag.ts';
import type {TaskRequest} from '../../src/core/task.ts';
import {EXITED_BADLY, KILLED, RATE_LIMITED, RETURNED, THREW} from './core-settings.ts';
import {KNOWN_CLAIMS, KNOWN_LOOKS, type KnownClaim} from './known-claims.ts';

/** Agent types with every rule that there is. */
export const HOSTILE_AGENTS = {
  dev: {tags: ['constructor']},
  constructor: {instances: 2, retry: {maxAttempts: 2, backoffMs: 20}, tags: ['api']},
  owner: {owns: ['docs/', {glob: 'lib/**/*.ts'}], tags: ['api', 'constructor']},
  reader: {readOnly: true, instances: 3},
  program: {command: ['true'], timeoutMs: 50, quietTimeoutMs: 20},
} as const;
export const HOSTILE_LIMITS: TagLimits = new Map([['api', 1]]);

/** Keys of every JavaScript object are good task ids. */
const NAMES = ['t', 't', 't', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const;

const touches = (text: string) => (known: KnownClaim) => known.files.some((file) => file.startsWith(text));
/** Claims that nobody owns, and those that `owner` does. */
const FREE = KNOWN_CLAIMS.filter((known) => !touches('docs')(known));
const OWNED = ['docs/a.md', 'docs/', {glob: 'docs/**'}, 'lib/x.ts', 'lib/deep/y.ts', 'lib/**/*.ts'];

/** A task that is not named yet, and does not know yet what it can depend on. */
const PERCENT = fc.oneof(fc.constant(null), fc.integer({min: 0, max: 100}));

const DRAFT = fc.record({
  name: fc.constantFrom(...NAMES),
  agentType: fc.constantFrom('dev', 'constructor', 'constructor', 'owner', 'reader', 'program'),
  free: fc.array(fc.constantFrom(...FREE.map(({claim}) => claim)), {minLength: 1, maxLength: 2}),
  owned: fc.option(fc.array(fc.constantFrom(...OWNED), {minLength: 1, maxLength: 2})),
  reads: fc.oneof(
    {weight: 3, arbitrary: fc.constant<ClaimInput[]>([])},
    fc.constantFrom(['src/'], ['docs/a.md']),
  ),
  priority: fc.constantFrom(0, 0, 0, 1, -1, 1000),
  dependsOn: fc.oneof(
    {weight: 3, arbitrary: fc.constant<number[]>([])},
    fc.array(fc.nat({max: 30}), {maxLength: 2}),
  ),
  retry: fc.constantFrom({}, {}, {maxAttempts: 2}, {maxAttempts: 3, backoffMs: 0}),
  timeoutMs: fc.constantFrom(1, 50),
  key: fc.oneof({weight: 19, arbitrary: fc.constant(undefined)}, fc.constantFrom('k', 'constructor')),
});

type Draft = typeof DRAFT extends fc.Arbitrary<infer T> ? T : never;

/** Requests that will be accepted while tasks are, after those that are known. */
const goodRequests = (known: readonly string[], drafts: readonly Draft[]): readonly TaskRequest[] => {
  const before = [...known];
  return drafts.map(({name, free, owned, dependsOn, agentType, key, ...rest}) => {
    const id = before.includes(name) ? `${name}-${before.length}` : name;
    const needs = dependsOn.flatMap((n) => (before.length === 0 ? [] : [before[n % before.length]!]));
    before.push(id);
    // What it owns is what `owner` writes if it names nothing.
    const files = agentType === 'reader' ? null : agentType === 'owner' ? owned : free;
    return {
      ...rest,
      id,
      agentType,
      description: '',
      dependsOn: needs,
      work: {kind: 'function' as const},
      ...(files !== null && {files}),
      ...(key !== undefined && {key}),
    };
  });
};

/** Values of the right type that are wrong, or hostile, or both. */
const WRONG: readonly Partial<TaskRequest>[] = [
  ...['__proto__', '', '.', '..', 'a/b', 'ä', 'x'.repeat(65), '-rf', 'a\nb', 't'].map((id) => ({id})),
  ...['__proto__', 'toString', 'Dev', '', 'dev#1', 'nobody'].map((agentType) => ({agentType})),
  ...[
    '',
    '../x',
    '/etc/passwd',
    '.git/config',
    '!a',
    'a\0b',
    '~/x',
    'C:\\x',
    'a:b',
    '**',
    '{',
    '[z-a]',
    'docs/',
  ].map((claim) => ({files: [claim]})),
  {files: []},
  // What another agent type owns, in several spellings.
  ...['docs/a.md', 'DOCS/new.md', './', 'lib/x.ts', 'lib/deep/', 'lib/**'].map((claim) => ({
    agentType: 'dev',
    files: [claim],
  })),
  {agentType: 'owner', files: ['src/a.ts']},
  {agentType: 'reader', files: ['src/a.ts']},
  {reads: ['..']},
  {readOnly: true},
  {priority: 1001},
  {priority: Number.NaN},
  {timeoutMs: 0},
  {estimateMs: Infinity},
  {retry: {maxAttempts: 0}},
  {retry: {backoffMs: -1}},
  {dependsOn: ['nobody']},
  {dependsOn: ['__proto__']},
  {description: 'ä'.repeat(60_000)},
];

/** Anything that JavaScript has. */
const ANYTHING = fc.anything({
  maxDepth: 2,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  stringUnit: 'grapheme',
});

const FIELDS = [
  'id',
  'agentType',
  'description',
  'files',
  'reads',
  'readOnly',
  'priority',
  'dependsOn',
  'retry',
  'timeoutMs',
  'quietTimeoutMs',
  'estimateMs',
  'work',
  'key',
] as const;

/** What makes a good request a bad one: wrong values, or broken types in one field, or all the way. */
const SPOIL: fc.Arbitrary<(request: TaskRequest) => unknown> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(...WRONG).map((wrong) => (request: TaskRequest) => ({...request, ...wrong})),
  },
  fc
    .tuple(fc.constantFrom(...FIELDS), fc.oneof(ANYTHING, fc.array(ANYTHING, {maxLength: 2})))
    .map(([field, value]) => (request: TaskRequest) => ({...request, [field]: value})),
  // It depends on itself.
  fc.constant((request: TaskRequest) => ({...request, dependsOn: [request.id]})),
  ANYTHING.map((value) => () => value),
);

/** What is known of an input before the state says which tasks and fences there are. */
export type PlannedInput = (state: CoordinatorState) => Input;

const nth = fc.nat({max: 11});

/** Which fence a report carries: the task's own, or one that is over, another task's, or never given out. */
const FENCE = fc.constantFrom(
  'right',
  'right',
  'right',
  'right',
  'right',
  'right',
  'older',
  'foreign',
  'next',
  'zero',
);

const EXIT = fc.constantFrom(RETURNED, RETURNED, THREW, EXITED_BADLY, KILLED, RATE_LIMITED);
const CAUSE = fc.constantFrom(
  {kind: 'timed-out' as const, afterMs: 5},
  {kind: 'quiet' as const, afterMs: 5},
  {kind: 'left-behind' as const, processes: 1},
);

const aim = (state: CoordinatorState, n: number, which: string): {taskId: string; fence: number} => {
  const holds = state.lockTable.holds();
  const hold = holds[n % Math.max(1, holds.length)];
  const known = [...state.tasks.keys()];
  const taskId = hold?.taskId ?? known[n % Math.max(1, known.length)] ?? 'nobody';
  const own = hold?.fence ?? 1;
  switch (which) {
    case 'right':
      return {taskId, fence: own};
    case 'older':
      return {taskId, fence: own - 1};
    case 'foreign':
      return {taskId, fence: holds.find(({fence}) => fence !== own)?.fence ?? own + 7};
    case 'next':
      return {taskId, fence: state.fence + 1};
    default:
      return {taskId, fence: 0};
  }
};

const named = <T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  make: (at: number, value: T, state: CoordinatorState) => Input,
): fc.Arbitrary<{readonly text: string; readonly plan: (at: number) => PlannedInput}> =>
  arbitrary.map((value) => ({
    text: `${name} ${fc.stringify(value)}`,
    plan: (at) => (state) => make(at, value, state),
  }));

const aimed = fc.record({n: nth, which: FENCE});

/** One known path looked up, with what another one shows; every eighth is a circle of links. */
const linkedLook = (from: number, onto: number): readonly [string, Look] => {
  const known = [...KNOWN_LOOKS];
  const [path] = known[from % known.length]!;
  return [path, onto === 0 ? {kind: 'loop'} : known[onto % known.length]![1]];
};

const INPUT = fc.oneof(
  {
    weight: 10,
    arbitrary: named('submit', fc.array(DRAFT, {maxLength: 3}), (at, drafts, {tasks}) => ({
      type: 'submit-tasks',
      at,
      submission: 's',
      looks: KNOWN_LOOKS,
      tasks: goodRequests([...tasks.keys()], drafts),
    })),
  },
  {
    weight: 3,
    arbitrary: named(
      'submit something wrong',
      fc.tuple(DRAFT, DRAFT, SPOIL),
      (at, [a, b, spoil], {tasks}) => {
        const [good, other] = goodRequests([...tasks.keys()], [a, b]);
        return {type: 'submit-tasks', at, submission: 's', tasks: [good!, spoil(other!) as TaskRequest]};
      },
    ),
  },
  {
    weight: 3,
    arbitrary: named('cancel', nth, (at, n, state) => ({
      type: 'cancel-task',
      at,
      taskId: [...state.tasks.keys()][n] ?? 'nobody',
      reason: 'asked',
    })),
  },
  {
    weight: 1,
    arbitrary: named(
      'retry',
      fc.record({n: nth, as: fc.constantFrom('again', 't1', 't')}),
      (at, {n, as}, state) => ({
        type: 'retry-task',
        at,
        taskId: [...state.tasks.keys()][n] ?? 'nobody',
        as: state.tasks.has(as) && n % 2 === 0 ? `${as}-${state.tasks.size}` : as,
        submission: 's',
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: named('cancel anything', ANYTHING, (at, taskId) => ({
      type: 'cancel-task',
      at,
      taskId: taskId as string,
      reason: 'asked',
    })),
  },
  {
    weight: 1,
    arbitrary: named(
      'priority',
      fc.record({taskId: fc.oneof(fc.constantFrom('t1', 't2', 'constructor'), ANYTHING), priority: ANYTHING}),
      (at, {taskId, priority}) => ({
        type: 'set-priority',
        at,
        taskId: taskId as string,
        priority: priority as number,
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: named('limit', fc.oneof(fc.constantFrom(1, 2, 3, 4, 0, 257, 1.5), ANYTHING), (at, limit) => ({
      type: 'set-max-parallel',
      at,
      maxParallel: limit as number,
    })),
  },
  {
    weight: 4,
    arbitrary: named('resources', fc.record({cpu: PERCENT, memory: PERCENT}), (at, use) => ({
      type: 'report-resources',
      at,
      use,
    })),
  },
  {
    weight: 6,
    arbitrary: named(
      'mode',
      fc.record({
        mode: fc.constantFrom(
          'starting',
          'running',
          'running',
          'running',
          'running',
          'paused',
          'draining',
          'stopped',
        ),
        queued: fc.constantFrom('keep', 'keep', 'cancel'),
        running: fc.constantFrom('finish', 'finish', 'stop', 'kill'),
      }),
      (at, change, {mode, tasks}) => ({
        type: 'change-mode',
        at,
        reason: 'asked',
        ...change,
        // Most runs should not be over before they are interesting.
        ...((mode === 'starting' || tasks.size < 10) && {mode: 'running', queued: 'keep'}),
      }),
    ),
  },
  {
    weight: 12,
    arbitrary: named('exited', fc.record({to: aimed, exit: EXIT}), (at, {to, exit}, state) => ({
      type: 'report-exited',
      at,
      exit,
      ...aim(state, to.n, to.which),
    })),
  },
  {
    weight: 2,
    arbitrary: named('stopping', fc.record({to: aimed, cause: CAUSE}), (at, {to, cause}, state) => ({
      type: 'report-stopping',
      at,
      cause,
      ...aim(state, to.n, to.which),
    })),
  },
  {
    weight: 1,
    arbitrary: named('quarantined', aimed, (at, {n, which}, state) => ({
      type: 'report-quarantined',
      at,
      survivors: 'pid 1',
      ...aim(state, n, which),
    })),
  },
  {
    weight: 3,
    arbitrary: named(
      'looked',
      fc.record({to: aimed, when: fc.constantFrom('start', 'end'), linked: fc.array(fc.tuple(nth, nth))}),
      (at, {to, when, linked}, state) => ({
        type: 'report-looked',
        at,
        when,
        // Some paths turn out to be links to others, or to lead nowhere.
        looks: new Map([...KNOWN_LOOKS, ...linked.map(([from, onto]) => linkedLook(from, onto))]),
        yetToStart: state.accounting.starting.filter((fence) => (fence + to.n) % 2 === 0),
        ...aim(state, to.n, to.which),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: named('started', aimed, (at, {n, which}, state) => ({
      type: 'report-started',
      at,
      program: null,
      ...aim(state, n, which),
    })),
  },
  {
    weight: 1,
    arbitrary: named('progress', aimed, (at, {n, which}, state) => ({
      type: 'report-progress',
      at,
      note: 'half',
      ...aim(state, n, which),
    })),
  },
  {
    weight: 1,
    arbitrary: named('start refused', aimed, (at, {n, which}, state) => ({
      type: 'report-start-refused',
      at,
      agentId: 'dev',
      busyWith: 0,
      ...aim(state, n, which),
    })),
  },
  {
    weight: 1,
    arbitrary: named(
      'crash',
      fc.constantFrom('dev', 'constructor#1', 'owner', '__proto__'),
      (at, agentId) => ({
        type: 'report-agent-crashed',
        at,
        agentId,
        message: 'it threw',
      }),
    ),
  },
  {weight: 2, arbitrary: named('wake', fc.constant(null), (at) => ({type: 'wake', at}))},
  {
    weight: 1,
    arbitrary: named('unknown', fc.string(), (at, input) => ({type: 'unknown-input', at, input})),
  },
  {
    weight: 1,
    arbitrary: named('untimely', fc.constant('it is too early'), (at, detail) => ({
      type: 'untimely-input',
      at,
      input: 'pause',
      detail,
    })),
  },
);

export interface Planned {
  readonly text: string;
  readonly input: PlannedInput;
  readonly toString: () => string;
}

/** Inputs in an order, with times that mostly go on and sometimes back, as clocks do. */
export const inputsArbitrary: fc.Arbitrary<readonly Planned[]> = fc
  .array(
    fc.tuple(INPUT, fc.oneof({weight: 9, arbitrary: fc.nat({max: 40})}, fc.integer({min: -30, max: -1}))),
    {
      minLength: 1,
      maxLength: 60,
      size: 'max',
    },
  )
  .map((all) => {
    let at = 1_000;
    return all.map(([{text, plan}, passed]) => {
      at += passed;
      const shown = `${text} at ${at}`;
      return {text: shown, input: plan(at), toString: () => shown};
    });
  });
