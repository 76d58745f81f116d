import type {SteeredRun} from '../api/steered-run.ts';
import {jsonOf} from './json.ts';

/** So often a reader of which nothing is heard is sent something (ms): who is gone is noticed by that. */
const HEARTBEAT_MS = 15_000;

/** Says what is sent besides events; and a line that tells nothing, so that the answer begins at once. */
const GREETING = ': events of disjoint\n\n';
const HEARTBEAT = ':\n\n';
const END = 'event: end\ndata: {}\n\n';

/**
 * The events after a number, as server-sent events whose ids are their numbers: none is left out, and none comes twice. If some
 * of them are not kept any more there is one `reset` in their place, with the status that they led to. `end`: the run is over.
 *
 * Works at the pace of its reader, and keeps nothing for one that is slow.
 */
export const eventStream = (run: SteeredRun, after: number): ReadableStream<Uint8Array> => {
  const {events: log, redact} = run;
  const encoder = new TextEncoder();
  let seq = after;
  let isGreeted = false;
  let isOver = false;
  let stopWaiting = (): void => {};

  /** Waits for the next event, or until it is time to say something. False if there was none. */
  const wait = (): Promise<boolean> =>
    new Promise((resolve) => {
      const done = (isThere: boolean): void => {
        clearTimeout(timer);
        unsubscribe();
        stopWaiting = () => {};
        resolve(isThere);
      };
      const timer = setTimeout(() => done(false), HEARTBEAT_MS);
      const unsubscribe = log.onChange(() => done(true));
      stopWaiting = () => done(false);
    });

  const next = async (): Promise<string> => {
    for (;;) {
      const read = await log.after(seq);
      if (read.kind === 'gone') {
        seq = log.lastSeq;
        const snapshot = jsonOf({lastSeq: seq, status: run.status()}, redact);
        return `event: reset\nid: ${seq}\ndata: ${snapshot}\n\n`;
      }
      if (read.events.length > 0) {
        seq = read.events.at(-1)?.seq ?? seq;
        return read.events.map((event) => `id: ${event.seq}\ndata: ${jsonOf(event, redact)}\n\n`).join('');
      }
      if (log.isClosed) {
        isOver = true;
        return END;
      }
      if (!(await wait())) return HEARTBEAT;
    }
  };

  return new ReadableStream({
    pull: async (controller) => {
      if (isOver) return controller.close();
      try {
        const text = isGreeted ? await next() : GREETING;
        isGreeted = true;
        controller.enqueue(encoder.encode(text));
      } catch {
        // The journal cannot be read any more, or nobody listens: without an `end`, who listens comes back and is told.
        isOver = true;
        controller.close();
      }
    },
    cancel: () => {
      isOver = true;
      stopWaiting();
    },
  });
};
