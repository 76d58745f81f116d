import http from 'node:http';

/** How long (ms) a client may take for the head of a request, and for all of it. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** A client that has taken nothing of what it is sent for so long (ms) is let go; readers of events come back and go on. */
const STALLED_MS = 60_000;
/** More clients are turned away at once. */
const CONNECTIONS_MAX = 1_000;
/** How long (ms) readers may take for the last of what they are sent. */
const FAREWELL_MS = 2_000;

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => unknown;

/**
 * The server for the socket of a repository. It listens before there is a run to ask, because that is how a repository is
 * taken: who asks early is answered once it is opened.
 */
export class ApiServer {
  readonly server: http.Server;
  #open: (load: (() => Promise<Handler>) | null) => void = () => {};
  #handler: Promise<Handler> | null = null;

  constructor() {
    const opened = new Promise<(() => Promise<Handler>) | null>((resolve) => {
      this.#open = resolve;
    });
    this.server = http.createServer(
      {headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 1_000},
      (request, response) => {
        const answer = async (): Promise<void> => {
          const load = await opened;
          if (load === null) response.destroy();
          else (await (this.#handler ??= load()))(request, response);
        };
        answer().catch(() => response.destroy());
      },
    );
    // What goes wrong with one client is over with its connection.
    this.server.on('error', () => {});
    this.server.maxConnections = CONNECTIONS_MAX;
    this.server.setTimeout(STALLED_MS);
  }

  /**
   * From here on requests are answered, those that came before first. What answers them is loaded when somebody asks: most
   * runs are never asked anything.
   */
  open(load: () => Promise<Handler>): void {
    this.#open(load);
  }

  /** Lets clients have what they were promised, for a moment, and closes all connections. It goes on to listen. */
  async close(): Promise<void> {
    this.#open(null);
    this.server.closeIdleConnections();
    await this.#connectionsEnded();
    this.server.closeAllConnections();
  }

  /** Closes what connected since: nothing more can, once nobody listens. */
  drop(): void {
    this.server.closeAllConnections();
  }

  #connectionsEnded(): Promise<void> {
    return new Promise((resolve) => {
      const until = performance.now() + FAREWELL_MS;
      const look = (): void => {
        this.server.getConnections((error, count) => {
          if (error !== null || count === 0 || performance.now() > until) resolve();
          else {
            this.server.closeIdleConnections();
            setTimeout(look, 5);
          }
        });
      };
      look();
    });
  }
}
