import http from 'node:http';
import {DisjointError} from '../api/errors.ts';
import {socketOf} from '../api/repository-lock.ts';
import {connectTo} from '../api/socket-probe.ts';
import {type AnswerOf, EVENTS_PATH, errorSchema, ROUTES, type RouteName} from './contract.ts';
import {type Received, receivedIn} from './received.ts';

/** How long a run may take to answer (ms). */
const ANSWER_MS = 30_000;

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
    const parsed = answer.safeParse(value);
    // Of this route, as the table says; that cannot be told of a name that is only known when it runs.
    if (parsed.success) return parsed.data as AnswerOf<Name>;
    throw noAnswer('it is another version of Disjoint');
  }

  /**
   * What happens after an event, until the run ends. Comes back where the connection breaks; nothing is left out by that, and
   * nothing comes twice.
   *
   * @param since The number of an event; `null`: what happens from now on.
   * @throws DisjointError `E_NOT_RUNNING` if nobody listens.
   */
  async *events(since: number | null): AsyncGenerator<Received> {
    let last = since ?? (await this.ask('info')).lastSeq;
    for (;;) {
      const response = await this.#request('get', EVENTS_PATH, {
        accept: 'text/event-stream',
        'last-event-id': String(last),
      });
      try {
        for await (const received of receivedIn(response)) {
          if (received.kind === 'end') return;
          last = received.kind === 'event' ? received.event.seq : received.lastSeq;
          yield received;
        }
      } catch (error) {
        if (error instanceof DisjointError) throw error;
        // The connection broke: whoever is there now goes on after the last one, or nobody is.
      }
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
    const pieces: AsyncIterable<Buffer> = response;
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of pieces) chunks.push(chunk);
    } catch (error) {
      throw noAnswer(error instanceof Error ? error.message : String(error));
    }
    return Buffer.concat(chunks).toString();
  }

  #request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    text?: string,
  ): Promise<http.IncomingMessage> {
    const isStream = path === EVENTS_PATH;
    return new Promise((resolve, reject) => {
      const request = http.request(
        {method: method.toUpperCase(), path, headers, createConnection: () => connectTo(this.#socket)},
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
