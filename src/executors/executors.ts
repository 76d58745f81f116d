import type {AttemptObserver, AttemptRequest, Executor, RunningAttempt} from '../ports/executor.ts';

/** Gives each attempt to the executor for its kind of work. */
export class Executors implements Executor {
  readonly #functions: Executor;
  readonly #processes: Executor;

  constructor(functions: Executor, processes: Executor) {
    this.#functions = functions;
    this.#processes = processes;
  }

  start(request: AttemptRequest, observer: AttemptObserver): RunningAttempt {
    switch (request.spec.work.kind) {
      case 'function':
        return this.#functions.start(request, observer);
      case 'command':
      case 'preset':
        return this.#processes.start(request, observer);
    }
  }

  close(): void {
    this.#functions.close();
    this.#processes.close();
  }
}
