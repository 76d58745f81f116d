import fc from 'fast-check';
import {Subject} from 'rxjs';
import {describe, expect, test} from 'vitest';
import {EventLog} from '../../../src/api/event-log.ts';
import type {DisjointEvent} from '../../../src/core/events.ts';
import {MemoryStore} from '../../../src/store/memory-store.ts';
import {createApp} from '../../../src/web/app.ts';
import {resetSchema} from '../../../src/web/contract.ts';
import {steeredRun} from '../../support/steered-run.ts';

const eventNumber = (seq: number): DisjointEvent => ({type: 'limit.changed', from: 1, to: 2, seq, at: seq});

interface Frame {
  readonly event: string | null;
  readonly id: number | null;
  readonly data: string;
}

/** The whole frames in a text of server-sent events. */
const framesIn = (text: string): readonly Frame[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .flatMap((block) => {
      const fields = new Map(
        block
          .split('\n')
          .map((line): [string, string] => [
            line.slice(0, line.indexOf(':')),
            line.slice(line.indexOf(':') + 2),
          ]),
      );
      const data = fields.get('data');
      const id = fields.get('id');
      return data === undefined
        ? []
        : [{event: fields.get('event') ?? null, id: id === undefined ? null : Number(id), data}];
    });

describe('the log of events', () => {
  const logOf = (
    eventsKept: number,
  ): {readonly log: EventLog; readonly tell: (upTo: number) => Promise<void>} => {
    const store = new MemoryStore({eventsKept});
    const events$ = new Subject<DisjointEvent>();
    const log = new EventLog(store, events$, 0);
    const tell = async (upTo: number): Promise<void> => {
      for (let seq = log.lastSeq + 1; seq <= upTo; seq++) {
        await store.append([eventNumber(seq)]);
        events$.next(eventNumber(seq));
      }
    };
    return {log, tell};
  };

  test('gives each reader all that came after what it has seen, from memory or from the store', async () => {
    const {log, tell} = logOf(100_000);
    await tell(5_000);
    for (const from of [0, 1, 2_000, 3_999, 4_999, 5_000]) {
      const seen: number[] = [];
      for (let seq = from; ; seq = seen.at(-1) ?? seq) {
        const read = await log.after(seq);
        if (read.kind === 'gone' || read.events.length === 0) break;
        expect(read.events.length).toBeLessThanOrEqual(200);
        seen.push(...read.events.map((event) => event.seq));
      }
      expect(seen).toEqual(Array.from({length: 5_000 - from}, (_, i) => from + 1 + i));
    }
  });

  test('gives nothing that is stored and not told yet', async () => {
    const store = new MemoryStore();
    await store.append([1, 2, 3].map(eventNumber));
    const events$ = new Subject<DisjointEvent>();
    const log = new EventLog(store, events$, 2);
    expect(await log.after(0)).toEqual({kind: 'events', events: [1, 2].map(eventNumber)});
    events$.next(eventNumber(3));
    expect(await log.after(0)).toEqual({kind: 'events', events: [1, 2, 3].map(eventNumber)});
  });

  test('says so where something is not kept any more, or never was', async () => {
    const {log, tell} = logOf(10);
    await tell(5_000);
    expect(await log.after(10)).toEqual({kind: 'gone'});
    expect(await log.after(5_001)).toEqual({kind: 'gone'});
    expect(await log.after(4_999)).toMatchObject({kind: 'events'});
  });
});

describe('the stream of events', () => {
  test('across any number of broken connections is each event once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            tasks: fc.nat({max: 3}),
            chunks: fc.integer({min: 1, max: 4}),
            bytes: fc.nat({max: 400}),
          }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        async (connections) => {
          const {run, orchestrator} = await steeredRun({
            config: 'agents:\n  dev: {command: [nothing, "{prompt}"]}\n',
          });
          const app = createApp(run);
          const ids: number[] = [];
          const connect = (): Promise<Response> =>
            Promise.resolve(app.request('/events', {headers: {'last-event-id': String(ids.at(-1) ?? 0)}}));
          const take = (text: string): void => {
            for (const {event, id} of framesIn(text)) if (event === null && id !== null) ids.push(id);
          };
          for (const {tasks, chunks, bytes} of connections) {
            orchestrator.submitMany(Array.from({length: tasks}, () => ({agentType: 'dev', files: ['a']})));
            const reader = (await connect()).body!.getReader();
            let text = '';
            for (let i = 0; i < chunks; i++) {
              // One that has seen all there is would wait for the next event.
              if (i > 1 && run.events.lastSeq === (framesIn(text).at(-1)?.id ?? 0)) break;
              text += new TextDecoder().decode((await reader.read()).value);
            }
            await reader.cancel();
            // It breaks anywhere: what has not come as a whole was never seen.
            take(text.slice(0, text.length - bytes));
          }
          await orchestrator.shutdown({mode: 'now'});
          const rest = await (await connect()).text();
          take(rest);
          expect(framesIn(rest).at(-1)).toMatchObject({event: 'end'});
          expect(ids).toEqual(Array.from({length: orchestrator.state.seq}, (_, i) => i + 1));
        },
      ),
      {numRuns: 25},
    );
  }, 60_000);

  test('begins with what is next if nothing is said, and with a snapshot where what is asked for is gone', async () => {
    const {run, orchestrator} = await steeredRun();
    const app = createApp(run);
    const {seq} = orchestrator.state;
    const next = await app.request('/events');
    const gone = await app.request('/events?since=4711');
    await orchestrator.pause();
    await orchestrator.shutdown();
    expect(framesIn(await next.text())[0]).toMatchObject({id: seq + 1});
    const [reset, ...rest] = framesIn(await gone.text());
    expect(reset?.event).toBe('reset');
    const snapshot = resetSchema.parse(JSON.parse(reset!.data));
    expect(snapshot.lastSeq).toBe(reset!.id);
    expect(rest.filter(({id}) => id !== null).map(({id}) => id)).toEqual(
      Array.from({length: orchestrator.state.seq - snapshot.lastSeq}, (_, i) => snapshot.lastSeq + 1 + i),
    );
  });
});
