import type {TaskFunction} from '../../src/index.ts';

/** When a task really ran, measured inside the task. */
export interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Makes functions that take a while and write down when they really ran: the ground truth of a test. */
export class Stopwatch {
  readonly #spans = new Map<string, Span>();

  /** A function that works for `ms` milliseconds, or until it is told to stop. */
  work(ms: number): TaskFunction {
    return async ({taskId, signal}) => {
      const startedAt = performance.now();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
      this.#spans.set(taskId, {startedAt, endedAt: performance.now()});
    };
  }

  span(taskId: string): Span {
    const span = this.#spans.get(taskId);
    if (span === undefined) throw new Error(`${taskId} never ran`);
    return span;
  }

  /** Did the two ever run at the same time? */
  overlapped(a: string, b: string): boolean {
    const [spanA, spanB] = [this.span(a), this.span(b)];
    return spanA.startedAt < spanB.endedAt && spanB.startedAt < spanA.endedAt;
  }

  /** Sum of all working times ÷ time from the first start to the last end. */
  speedup(): number {
    const spans = [...this.#spans.values()];
    const work = spans.reduce((sum, {startedAt, endedAt}) => sum + (endedAt - startedAt), 0);
    const wall =
      Math.max(...spans.map((span) => span.endedAt)) - Math.min(...spans.map((span) => span.startedAt));
    return work / wall;
  }
}

/** A promise and the means to settle it: lets a test decide when a task ends. */
export class Gate {
  readonly opened: Promise<void>;
  #open: () => void = () => {};

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }
}
