import {createServer} from 'node:net';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {Worker} from 'node:worker_threads';
import {temporaryFolder} from './folder.ts';

/**
 * Answered requests per second of so many clients on a socket, who live in a thread of their own.
 *
 * @param answer Resolves when one request may be answered.
 */
export const requestsPerSecond = async (
  clients: number,
  requests: number,
  answer: () => Promise<unknown>,
): Promise<number> => {
  const socketPath = path.join(temporaryFolder(), 'socket');
  const server = createServer((socket) => {
    createInterface({input: socket}).on('line', () => {
      void answer().then(() => socket.write('done\n'));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  const worker = new Worker(new URL('clients-worker.mjs', import.meta.url), {
    workerData: {socketPath, clients, requests},
  });
  const tookMs = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  server.close();
  return (requests * 1_000) / tookMs;
};
