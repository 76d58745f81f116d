import type {SteeredRun} from '../api/steered-run.ts';
import type {Door} from './door.ts';

/** Lets whoever comes to the door see and steer the run. */
export const serveRun = (door: Door, run: SteeredRun): void =>
  door.open(async () => {
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
