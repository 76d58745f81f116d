import type {DisjointEvent, Status} from '../index.ts';
import {eventSchema, resetSchema} from './contract.ts';

/** What a reader of events gets. */
export type Received =
  | {readonly kind: 'event'; readonly event: DisjointEvent}
  /** Those up to `lastSeq` that were asked for are not kept any more; this is what they led to. */
  | {readonly kind: 'reset'; readonly lastSeq: number; readonly status: Status}
  /** The run is over. */
  | {readonly kind: 'end'};

/** What one message says; `null` for those that say nothing. */
const receivedOf = (message: string): Received | null => {
  let name = '';
  let data = '';
  for (const line of message.split('\n')) {
    if (line.startsWith('event: ')) name = line.slice('event: '.length);
    if (line.startsWith('data: ')) data = line.slice('data: '.length);
  }
  if (data === '') return null;
  const value: unknown = JSON.parse(data);
  switch (name) {
    case '':
      return {kind: 'event', event: eventSchema.parse(value)};
    case 'reset':
      return {kind: 'reset', ...resetSchema.parse(value)};
    case 'end':
      return {kind: 'end'};
    default:
      // What a later version says besides.
      return null;
  }
};

/** The messages in a stream of server-sent events, each once all of it has come. */
export async function* receivedIn(stream: AsyncIterable<Buffer>): AsyncGenerator<Received> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const chunk of stream) {
    open += decoder.decode(chunk, {stream: true});
    const messages = open.split('\n\n');
    open = messages.pop() ?? '';
    for (const message of messages) {
      const received = receivedOf(message);
      if (received !== null) yield received;
    }
  }
}
