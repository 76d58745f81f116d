import {type Context, Hono} from 'hono';
import type {z} from 'zod';
import {DisjointError} from '../api/errors.ts';
import type {SteeredRun} from '../api/steered-run.ts';
import {requestIn, tasksIn} from '../api/submission.ts';
import {type AnswerOf, EVENTS_PATH, ROUTES, type RouteName} from './contract.ts';
import {asDisjointError, errorBody, statusOf} from './errors.ts';
import {eventStream} from './event-stream.ts';
import {jsonOf} from './json.ts';
import {readBody} from './read-body.ts';

const SHOWN = 'the request';

const NUMBER = /^\d{1,15}$/u;

/** After which event to begin: what a reader has seen last, or asks for; the latest if it says nothing. */
const seqOf = (c: Context, lastSeq: number): number => {
  const text = c.req.header('last-event-id') ?? c.req.query('since');
  if (text === undefined) return lastSeq;
  if (NUMBER.test(text)) return Number(text);
  throw new DisjointError(
    'E_REQUEST_VALUE',
    `the request: since is "${text.slice(0, 80)}"`,
    'write the number of an event, or 0',
    {field: 'since'},
  );
};

/**
 * What a run can be asked for over HTTP. Knows of no socket: whoever has one hands requests to its `fetch`.
 *
 * Nothing that it answers holds a secret of the run.
 */
export const createApp = (run: SteeredRun): Hono => {
  const app = new Hono();
  const json = (value: unknown, status = 200): Response =>
    new Response(jsonOf(value, run.redact), {
      status,
      headers: {'content-type': 'application/json', 'cache-control': 'no-store'},
    });
  const bodyOf = async <Body>(c: Context, schema: z.ZodType<Body>): Promise<Body> =>
    requestIn(await readBody(c.req.raw), schema, SHOWN);

  /** One function for each route, whose answer is what the contract says. */
  const handlers: {readonly [Name in RouteName]: (c: Context) => AnswerOf<Name> | Promise<AnswerOf<Name>>} = {
    info: () => run.info(),
    status: () => run.status(),
    list: () => ({tasks: run.status().tasks}),
    submit: async (c) => ({tasks: await run.submit(tasksIn(await readBody(c.req.raw), SHOWN))}),
    show: (c) => run.task(idIn(c)),
    why: (c) => run.why(idIn(c)),
    cancel: async (c) => {
      const {reason = 'cancelled by "disjoint cancel"'} = await bodyOf(c, ROUTES.cancel.body);
      await run.cancel(idIn(c), reason);
      return run.task(idIn(c));
    },
    retry: async (c) => {
      await bodyOf(c, ROUTES.retry.body);
      return {id: await run.retry(idIn(c))};
    },
    pause: async (c) => {
      const {reason = 'paused by "disjoint pause"'} = await bodyOf(c, ROUTES.pause.body);
      await run.pause(reason);
      return run.info();
    },
    resume: async (c) => {
      await bodyOf(c, ROUTES.resume.body);
      await run.resume();
      return run.info();
    },
    limit: async (c) => {
      const {maxParallel} = await bodyOf(c, ROUTES.limit.body);
      await run.setMaxParallel(maxParallel);
      return run.info();
    },
    stop: async (c) => {
      const {now = false} = await bodyOf(c, ROUTES.stop.body);
      return {running: run.stop(now)};
    },
  };

  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const {method, path} = ROUTES[name];
    app.on(method.toUpperCase(), path, async (c) => json(await handlers[name](c)));
  }
  app.get(EVENTS_PATH, (c) => {
    // The server would otherwise wait for more before it sends the first of it.
    const headers = {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'transfer-encoding': 'chunked',
    };
    return new Response(eventStream(run, seqOf(c, run.events.lastSeq)), {headers});
  });
  const paths = new Set<string>([...Object.values(ROUTES).map(({path}) => path), EVENTS_PATH]);
  for (const path of paths) {
    app.all(path, (c) => {
      throw new DisjointError('E_REQUEST_METHOD', `${c.req.path} cannot be asked with ${c.req.method}`, SEE);
    });
  }
  app.notFound((c) => {
    const error = new DisjointError('E_REQUEST_PATH', `there is nothing at ${c.req.path.slice(0, 80)}`, SEE);
    return json(errorBody(error), statusOf(error));
  });
  app.onError((thrown) => {
    const error = asDisjointError(thrown);
    return json(errorBody(error), statusOf(error));
  });
  return app;
};

const SEE = 'see docs/reference/openapi.json';

const idIn = (c: Context): string => c.req.param('id') ?? '';
