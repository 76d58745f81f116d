import type {AgentType, AgentTypeName} from './agent-type.ts';
import type {Companions} from './claim/companions.ts';
import {type FoldRules, PORTABLE} from './claim/fold.ts';
import type {LookUp} from './claim/look.ts';
import type {ParseOptions} from './claim/parse-options.ts';
import type {Policy} from './policy.ts';
import type {ResourceThresholds} from './resources.ts';
import type {TagLimits} from './tag.ts';

/** The most tasks that may run at once. */
export const MAX_PARALLEL_LIMIT = 256;

/** The longest duration (ms) anything can have: timers cannot wait longer (2^31 - 1 ms, 24.8 days). */
export const DURATION_MS_LIMIT = 2 ** 31 - 1;

/** Priorities go from the negative of this to this. */
export const PRIORITY_LIMIT = 1_000;

export const isPriority = (value: number): boolean =>
  Number.isInteger(value) && Math.abs(value) <= PRIORITY_LIMIT;

export const isMaxParallel = (value: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= MAX_PARALLEL_LIMIT;

/** What is fixed for the life of an orchestrator. */
export interface Settings {
  readonly agentTypes: ReadonlyMap<AgentTypeName, AgentType>;
  /** In which order tasks start. */
  readonly policy: Policy;
  /** At most so many conflicting tasks start before an earlier one; then it reserves. */
  readonly overtakesMax: number;
  /** At most so many tasks that cannot start are looked at in one step; the rest in steps that follow at once. */
  readonly lookahead: number;
  /** How long a task must wait (ms) to outweigh one level of priority. */
  readonly agingMs: number;
  /** Absolute root of the repository, so that absolute claims can be understood. `null` if there is none. */
  readonly root: string | null;
  /** Which names may be one file. */
  readonly rules: FoldRules;
  /** Which files are written along with which. */
  readonly companions: Companions;
  /** How many tasks of each tag may run at once. */
  readonly limits: TagLimits;
  /** From how much use of the machine on less may run; `null` if nobody looks. */
  readonly resources: ResourceThresholds | null;
}

/** How claims are read under these settings, with what was seen on the disk. */
export const parseOptions = (
  {root, rules}: Pick<Settings, 'root' | 'rules'>,
  look: LookUp | undefined,
): ParseOptions => ({rules, ...(root !== null && {root}), ...(look !== undefined && {look})});

export const DEFAULT_MAX_PARALLEL = 4;
/** The K of the overtaking guard. In simulations 32 made runs at most 2.4 % longer than none, 8 up to 11 %. */
export const DEFAULT_OVERTAKES_MAX = 32;
/** In simulations 16 made runs no longer than no bound did; more is asked so that a step stays short, not for the order. */
export const DEFAULT_LOOKAHEAD = 64;
export const DEFAULT_AGING_MS = 60_000;

export const DEFAULT_SETTINGS: Settings = {
  agentTypes: new Map(),
  policy: 'fair',
  overtakesMax: DEFAULT_OVERTAKES_MAX,
  lookahead: DEFAULT_LOOKAHEAD,
  agingMs: DEFAULT_AGING_MS,
  root: null,
  rules: PORTABLE,
  companions: [],
  limits: new Map(),
  resources: null,
};
