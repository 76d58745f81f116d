export {overlap, parseClaim} from './api/claims.ts';
export {createOrchestrator} from './api/create-orchestrator.ts';
export {
  ClaimError,
  DependencyCycleError,
  DisjointError,
  OrchestratorFailedError,
  OwnershipViolationError,
  TaskCancelledError,
  TaskFailedError,
  TaskSkippedError,
} from './api/errors.ts';
export type {
  ClaimOptions,
  LibraryAgentOptions,
  OrchestratorOptions,
  PathPolicy,
  ResourceOptions,
  ShutdownOptions,
  TaskOptions,
  ThresholdOptions,
} from './api/options.ts';
export type {Orchestrator} from './api/orchestrator.ts';
export type {ProcessResult, TaskHandle} from './api/task-handle.ts';
export type {IdleCause, IdleTimes} from './core/accounting.ts';
export type {AgentOptions} from './core/agent-options.ts';
export type {StopLadder} from './core/agent-type.ts';
export {
  type Blocker,
  type ClaimPair,
  describeBlocker,
  describePair,
  describeWait,
  type Holder,
} from './core/blocker.ts';
export type {Claim, ClaimInput, Form} from './core/claim/claim.ts';
export type {OverlapAnswer, OverlapExplained} from './core/claim/explain.ts';
export type {OverlapRule} from './core/claim/reason.ts';
export type {DisjointEvent} from './core/events.ts';
export type {ExpectedStart} from './core/expected-start.ts';
export type {AttemptFailure} from './core/failures.ts';
export type {Advice, PlanChange} from './core/plan/change.ts';
export type {PlanProgress, SimulatedPlan} from './core/plan/plan.ts';
export type {SimulatedAttempt} from './core/plan/simulate.ts';
export type {Policy} from './core/policy.ts';
export {type Described, describeRefusal, type Refusal} from './core/refusals.ts';
export type {DroppedClaim, Remedy} from './core/remedy.ts';
export {
  describeFigure,
  type Resource,
  type ResourceFigure,
  type ResourceGate,
  type ResourceUse,
} from './core/resources.ts';
export type {RetryPolicy} from './core/retry.ts';
export type {RunSummary} from './core/summary.ts';
export type {Status, TaskStatus} from './core/view.ts';
export {describeWarning, type TaskWarning} from './core/warnings.ts';
export type {Explanation, QueuePosition} from './core/why.ts';
export type {TaskContext, TaskFunction} from './executors/function-executor.ts';
export type {BoundedIterable} from './runtime/bounded-iterable.ts';
export type {OutputLine} from './runtime/streams.ts';
