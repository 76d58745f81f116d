import net from 'node:net';
import path from 'node:path';
import {expect, test} from 'vitest';
import {ApiServer} from '../../../src/web/api-server.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const listening = async (server: ApiServer): Promise<string> => {
  const socket = path.join(temporaryFolder(), 's');
  await new Promise<void>((resolve) => {
    server.server.listen(socket, resolve);
  });
  return socket;
};

const closed = (connection: net.Socket): Promise<void> =>
  new Promise((resolve) => {
    connection.on('error', () => {});
    connection.once('close', () => resolve());
  });

test('one client more than may be there at once is turned away, and the others stay', async () => {
  const server = new ApiServer();
  const {maxConnections} = server.server;
  expect(maxConnections).toBe(1_000);
  // As many as that would be too many for this test.
  server.server.maxConnections = 2;
  const socket = await listening(server);
  const connect = (): Promise<net.Socket> =>
    new Promise((resolve) => {
      const connection = net.connect(socket, () => resolve(connection));
    });
  const stay = [await connect(), await connect()];
  await closed(await connect());
  expect(stay.map(({destroyed}) => destroyed)).toEqual([false, false]);
  for (const connection of stay) connection.destroy();
  server.server.close();
});

test('a client that takes nothing for a minute is let go', async () => {
  const server = new ApiServer();
  expect(server.server.timeout).toBe(60_000);
  // A minute would be too long for this test.
  server.server.setTimeout(100);
  const socket = await listening(server);
  server.open(() =>
    Promise.resolve((_, response) => {
      response.writeHead(200);
      // More than the kernel keeps for a client that does not read.
      response.write(Buffer.alloc(16_000_000));
    }),
  );
  const ended = new Promise<void>((resolve) => {
    server.server.on('connection', (connection) => connection.once('close', () => resolve()));
  });
  const client = net.connect(socket);
  client.on('error', () => {});
  client.pause();
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await ended;
  client.destroy();
  server.server.close();
});
