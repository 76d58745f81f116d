import type {SteeredRun} from '../api/steered-run.ts';
import type {ApiServer} from './api-server.ts';

/** Lets whoever connects see and steer the run. */
export const serveRun = (apiServer: ApiServer, run: SteeredRun): void =>
  apiServer.open(async () => {
    const [{getRequestListener}, {createApp}] = await Promise.all([
      import('@hono/node-server'),
      import('./app.ts'),
    ]);
    return getRequestListener(createApp(run).fetch, {
      overrideGlobalObjects: false,
      // What was not read of a request Node.js deals with itself.
      autoCleanupIncoming: false,
    });
  });
