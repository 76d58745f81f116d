import http from 'node:http';
import {z} from 'zod';
import {DisjointError} from '../api/errors.ts';
import {socketOf} from '../api/socket-home.ts';
import {connectTo} from '../api/socket-probe.ts';
import {type AnswerOf, EVENTS_PATH, errorSchema, ROUTES, type RouteName} from './contract.ts';
import {type Received, receivedIn} from './received.ts';

/** How long a run may take to answer (ms). */
const ANSWER_MS = 30_000;

/** How long to wait before coming back where a connection broke (ms). */
const COME_BACK_MS = 50;

/** What connect(2) says where nobody listens. */
const NOBODY: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ECONNREFUSED']);

export const notRunning = (): DisjointError =>
  new DisjointError(
    'E_NOT_RUNNING',
    'nothing runs in this repository',
    'start it with "disjoint run", or with "disjoint serve", which stays and takes tasks',
  );

const noAnswer = (why: string): DisjointError =>
  new DisjointError(
    'E_NO_ANSWER',
    `the run did not answer: ${why}`,
    'ask again; "disjoint status" says whether it is there',
  );

const otherVersion = (): DisjointError => noAnswer('it is of another version of Disjoint');

const textOf = async (stream: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

/** @throws DisjointError what the run says is wrong, or that it did not answer what was asked. */
const answerIn = <T>(text: string, schema: z.ZodType<T>): T => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw noAnswer('it ended meanwhile');
  }
  const error = errorSchema.safeParse(value);
  if (error.success) {
    const {code, message, hint, field} = error.data.error;
    throw new DisjointError(code, message, hint, {field});
  }
  const answer = schema.safeParse(value);
  if (answer.success) return answer.data;
  throw otherVersion();
};

interface Asked {
  /** In place of `:id`. */
  readonly id?: string;
  readonly body?: object;
}

/** Asks the run of a repository, from any process of its user. */
export class RunClient {
  readonly #socket: string;

  /** @param root Absolute path of a folder of the repository. */
  constructor(root: string) {
    this.#socket = socketOf(root);
  }

  /**
   * Asks for one thing.
   *
   * @throws DisjointError `E_NOT_RUNNING` if nobody listens, `E_NO_ANSWER`, or what the run says is wrong.
   */
  async ask<Name extends RouteName>(name: Name, {id = '', body}: Asked = {}): Promise<AnswerOf<Name>> {
    const {method, path, answer} = ROUTES[name];
    const text = await this.#text(method, path.replace(':id', encodeURIComponent(id)), body);
    // Of this route, as the table says; that cannot be told of a name that is only known when it runs.
    return answerIn<unknown>(text, answer) as AnswerOf<Name>;
  }

  /**
   * What happens after an event, until the run ends. Comes back where the connection breaks; nothing is left out by that, and
   * nothing comes twice.
   *
   * @param since The number of an event; `null`: what happens from now on.
   * @param signal Ends it.
   * @throws DisjointError `E_NOT_RUNNING` if nobody listens.
   */
  async *events(since: number | null, signal?: AbortSignal): AsyncGenerator<Received> {
    let last = since ?? (await this.ask('info')).lastSeq;
    const isOver = (): boolean => signal?.aborted === true;
    while (!isOver()) {
      try {
        const headers = {accept: 'text/event-stream', 'last-event-id': String(last)};
        const response = await this.#request('get', EVENTS_PATH, headers, undefined, signal);
        if (response.statusCode !== 200) answerIn(await textOf(response), z.never());
        for await (const received of receivedIn(response)) {
          if (received.kind === 'end') return;
          last = received.kind === 'event' ? received.event.seq : received.lastSeq;
          yield received;
        }
      } catch (error) {
        if (error instanceof DisjointError && !isOver()) throw error;
        if (error instanceof z.ZodError) throw otherVersion();
        // The connection broke: whoever is there now goes on after the last one, or nobody is.
      }
      if (!isOver()) await new Promise((resolve) => setTimeout(resolve, COME_BACK_MS));
    }
  }

  async #text(method: string, path: string, body: object | undefined): Promise<string> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.#request(
      method,
      path,
      text === undefined ? {} : {'content-type': 'application/json'},
      text,
    );
    try {
      return await textOf(response);
    } catch (error) {
      throw noAnswer(error instanceof Error ? error.message : String(error));
    }
  }

  #request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    text?: string,
    signal?: AbortSignal,
  ): Promise<http.IncomingMessage> {
    const isStream = path === EVENTS_PATH;
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          method: method.toUpperCase(),
          path,
          headers,
          createConnection: () => connectTo(this.#socket),
          ...(signal !== undefined && {signal}),
        },
        resolve,
      );
      request.once('error', (error: NodeJS.ErrnoException) => {
        if (NOBODY.has(error.code)) reject(notRunning());
        else if (error.code === 'EACCES') reject(error);
        else reject(error instanceof DisjointError ? error : noAnswer(error.message));
      });
      if (!isStream)
        request.setTimeout(ANSWER_MS, () =>
          request.destroy(noAnswer(`nothing came for ${ANSWER_MS / 1_000} s`)),
        );
      request.end(text);
    });
  }
}
