export type {Clock, Timer} from '../ports/clock.ts';
export type {AttemptObserver, AttemptRequest, Executor, RunningAttempt} from '../ports/executor.ts';
export type {Store} from '../ports/store.ts';
export {MemoryStore, type MemoryStoreOptions} from '../store/memory-store.ts';
export {
  type Rung,
  ScriptedAttempt,
  ScriptedExecutor,
  type ScriptedExecutorOptions,
} from './scripted-executor.ts';
export {SimulatedClock} from './simulated-clock.ts';
