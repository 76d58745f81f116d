import type {Claim} from './claim/claim.ts';
import type {RetryPolicy} from './retry.ts';

/** The name of a role, such as `code_developer`. */
export type AgentTypeName = string;

/** One agent: `code_developer`, or `code_developer#2` where the type has several instances. */
export type AgentId = string;

/** `^[a-z][a-z0-9_-]{0,63}$` under `fold`: names that fold to one name are one name. */
export const AGENT_NAME = /^[a-z][a-z0-9_-]{0,63}$/u;

/** What an attempt runs. */
export type Work =
  /** A function of the embedding program, found by the task's id. */
  | {readonly kind: 'function'}
  /** A program with its arguments; `{prompt}` and `{files}` are replaced as whole elements. */
  | {readonly kind: 'command'; readonly argv: readonly string[]; readonly prompt: 'argument' | 'stdin'}
  /** A known agent CLI, called the way it wants to be called. */
  | {readonly kind: 'preset'; readonly preset: string; readonly args: readonly string[]};

/** How an attempt is stopped: how long each rung of the ladder waits for the next. */
export interface StopLadder {
  /** After the polite ask (abort signal, SIGINT to the process group), before SIGTERM. */
  readonly askMs: number;
  /** After SIGTERM, before SIGKILL. */
  readonly graceMs: number;
  /** After SIGKILL, before the agent is quarantined because something is still alive. */
  readonly sweepMs: number;
}

/** Which variables of the user's environment a process gets. */
export interface EnvironmentRule {
  /** An allow-list of names; `null` passes everything but the names that are always dropped. */
  readonly only: readonly string[] | null;
  readonly set: Readonly<Record<string, string>>;
}

/** A role and the rules that hold for all its tasks. */
export interface AgentType {
  readonly name: AgentTypeName;
  /** How many tasks of this type may run at once. 1 unless the user says more. */
  readonly instances: number;
  /** What this type may write. Empty: whatever nobody owns. */
  readonly owns: readonly Claim[];
  readonly readOnly: boolean;
  /** What it uses up together with others. */
  readonly tags: readonly string[];
  /** `null` if each task brings its own. */
  readonly work: Work | null;
  readonly timeoutMs: number | null;
  readonly quietTimeoutMs: number | null;
  readonly retry: RetryPolicy;
  readonly stop: StopLadder;
  readonly environment: EnvironmentRule;
}

/** The agents of a type, in the order in which they are given work. */
export const agentIds = (type: AgentType): readonly AgentId[] =>
  type.instances === 1
    ? [type.name]
    : Array.from({length: type.instances}, (_, i) => `${type.name}#${i + 1}`);
