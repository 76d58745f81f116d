import type {AgentOptions} from '../core/agent-options.ts';
import type {ClaimInput} from '../core/claim/claim.ts';
import type {CompanionTable} from '../core/claim/companions.ts';
import type {Policy} from '../core/policy.ts';
import type {RetryPolicy} from '../core/retry.ts';
import type {TaskFunction} from '../executors/function-executor.ts';
import type {Clock} from '../ports/clock.ts';
import type {Executor} from '../ports/executor.ts';
import type {Ids} from '../ports/ids.ts';
import type {Log} from '../ports/log.ts';
import type {PathResolver} from '../ports/path-resolver.ts';
import type {ResourceMeter} from '../ports/resource-meter.ts';
import type {Store} from '../ports/store.ts';
import type {Inspector} from '../runtime/isolated-inspector.ts';

/** An agent type of the library: what a configuration file can say, or a function that does its tasks. */
export interface LibraryAgentOptions extends AgentOptions {
  /** Does every task of this type that brings no `run` of its own. */
  readonly run?: TaskFunction;
}

/** Which names may be one file. */
export type PathPolicy = 'portable' | 'native';

/** How single claims are read. */
export interface ClaimOptions {
  /**
   * Absolute path of the repository. Its disk is looked at: for symbolic and hard links, and for what is a directory.
   * Without it, claims are taken by their texts alone.
   */
  readonly root?: string;
  /** Which names may be one file. Default `portable`. `native` probes the volume of `root`. */
  readonly policy?: PathPolicy;
}

/** Percent of the processor, or of the memory. */
export interface ThresholdOptions {
  /** 1 to 100. Default 70. */
  readonly admit?: number | undefined;
  /** `admit` to 100. Default 80, or `admit` if that is more. */
  readonly lower?: number | undefined;
}

export interface ResourceOptions {
  readonly cpu?: ThresholdOptions | undefined;
  readonly memory?: ThresholdOptions | undefined;
}

export interface OrchestratorOptions {
  /**
   * How many tasks may run at once, 1 to 256. Default 4. `auto`: as many as processors may be used, and fewer while the
   * machine is busy.
   */
  readonly maxParallel?: number | 'auto';
  /**
   * How busy the machine may be. Below `admit` percent tasks start; from there on none does while any runs; from `lower`
   * percent on fewer may run afterwards as well. Looked at every five seconds while a task has not ended. What is left out
   * is 70 and 80. `false`: nobody looks, which is the default unless `maxParallel` is `auto`.
   */
  readonly resources?: ResourceOptions | false;
  /** How many tasks of a tag may run at once, by tag: of all agent types that have it. */
  readonly limits?: Readonly<Record<string, number>>;
  /** The agent types by name. Names match `^[a-z][a-z0-9_-]{0,63}$`. */
  readonly agents: Readonly<Record<string, LibraryAgentOptions>>;
  /** The folder that claims are relative to and programs run in. Default: the current folder. */
  readonly repo?: string;
  /** Where logs go. Default: `.disjoint` in `repo`. Made when the first program runs, or the volume is probed. */
  readonly stateDir?: string;
  /** Files that are written along with others. Added to the built-in table; an empty list takes one out of it. */
  readonly companions?: CompanionTable;
  /** Several agent types may own one file. Default false: that is an error. */
  readonly sharedOwnership?: boolean;
  /**
   * Which names may be one file. `portable` (default): those that any common file system takes as one. `native`: those
   * that the volume of `stateDir` takes as one, found out by a probe; only where one machine alone works on the
   * repository.
   */
  readonly pathPolicy?: PathPolicy;
  /**
   * Variables of `environment` that hold secrets, beside those whose names say so (`ANTHROPIC_API_KEY`, `GITHUB_TOKEN`): what
   * they hold, and what looks like a secret, is replaced in logs and in the output of programs.
   */
  readonly secrets?: readonly string[];
  /**
   * In which order tasks start. `fair` (default): by priority with aging, then arrival, and none is overtaken more than
   * `overtakesMax` times. `throughput`: what the end of the run waits for first, by the estimates. `ordered`: of two tasks
   * that conflict, the one that came first.
   */
  readonly policy?: Policy;
  /** After so many conflicting starts a waiting task goes first. Default 32. For `fair` alone. */
  readonly overtakesMax?: number;
  /** How long a task must wait (ms) to outweigh one level of priority. Default 60,000. */
  readonly agingMs?: number;
  /** Where decisions are kept. Default: in memory. Closed by `shutdown`. */
  readonly store?: Store;
  /** Default: silent. A pino logger fits. */
  readonly logger?: Log;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Names the folder of logs and marks the processes of this run. Default: the time, and something random. */
  readonly runId?: string;
  /** The variables that programs inherit. Default: those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Runs all attempts instead of the built-in executors: for tests and simulations. */
  readonly executor?: Executor;
  /** Measures how busy the machine is. Default: this one. */
  readonly meter?: ResourceMeter;
  /** Looks at the disk for what claims mean. Default: the disk of this machine; with an `executor`, none. */
  readonly resolver?: PathResolver;
  /** XState's own inspection observer: sees the coordinator and every agent. */
  readonly inspect?: Inspector;
}

/** A task as its submitter describes it. */
export interface TaskOptions {
  /** 1 to 64 letters, digits, `.`, `_` or `-`. Default: a new one. */
  readonly id?: string;
  readonly agentType: string;
  readonly description?: string;
  /** What it will write: paths, directories (`docs/`), globs. Left out: all that its agent type owns. */
  readonly files?: readonly ClaimInput[];
  /** What it reads and nobody may write meanwhile. */
  readonly reads?: readonly ClaimInput[];
  readonly readOnly?: boolean;
  /** It may write files that make programs run, such as `package.json` and `.github/`. Default false. */
  readonly sensitive?: boolean;
  /** Higher is more urgent, -1000 to 1000. Default 0. */
  readonly priority?: number;
  /** Tasks that have to succeed first: ids, or handles. */
  readonly dependsOn?: readonly (string | {readonly id: string})[];
  /** How long it will take, about (ms). */
  readonly estimateMs?: number;
  /** How long one attempt may take (ms). */
  readonly timeoutMs?: number;
  /** How long one attempt may print nothing (ms). */
  readonly quietTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /**
   * No second task of a run has the same one: who hands in another with it is refused. 1 to 200 characters. For those that
   * cannot know whether an earlier try got through.
   */
  readonly key?: string;
  /** Does the work in this process. */
  readonly run?: TaskFunction;
  /** Does the work in a process of its own: the program, then its arguments. */
  readonly command?: readonly string[];
}

/** How an orchestrator is to be ended. */
export interface ShutdownOptions {
  /**
   * `drain`: what runs is finished, nothing new starts; what has not started is cancelled at the end.
   * `cancel-queued`: the same, with what has not started cancelled at once.
   * `now`: what runs is told to stop as well.
   */
  readonly mode?: 'drain' | 'cancel-queued' | 'now';
  /** How long what runs may take (ms) before it is killed. Default: no limit, except that `now` keeps to the ladder. */
  readonly graceMs?: number;
  readonly reason?: string;
}
