import {mkdirSync} from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {RepositoryLock} from '../../src/api/repository-lock.ts';
import {connectTo} from '../../src/api/socket-probe.ts';
import {ApiServer} from '../../src/web/api-server.ts';
import {RunClient} from '../../src/web/client.ts';
import {serveRun} from '../../src/web/serve-run.ts';
import {eventually} from '../support/eventually.ts';
import {type Steered, steeredRun} from '../support/steered-run.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

interface Served extends Steered {
  readonly socket: string;
}

let close: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const one of close) await one();
  close = [];
});

const served = async (): Promise<Served> => {
  const steered = await steeredRun();
  const apiServer = new ApiServer();
  const lock = await RepositoryLock.take(steered.root, apiServer.server);
  serveRun(apiServer, steered.run);
  close.push(async () => {
    await steered.orchestrator.shutdown({mode: 'now', graceMs: 0});
    await apiServer.close();
    await lock.release();
  });
  return {...steered, socket: lock.socket};
};

const get = (socket: string, url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = http.get({path: url, createConnection: () => connectTo(socket)}, (response) => {
      let text = '';
      response.on('data', (bytes: Buffer) => (text += bytes.toString()));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    request.on('error', reject);
  });

/** A client that writes this and reads nothing. */
const silent = (socket: string, text: string): net.Socket => {
  const connection = connectTo(socket);
  connection.on('error', () => {});
  connection.pause();
  connection.write(text);
  return connection;
};

test('two hundred clients at once are all answered', async () => {
  const {socket, orchestrator} = await served();
  await orchestrator.pause();
  orchestrator.submitMany([{agentType: 'dev', files: ['a'], id: 'a'}]);
  const answers = await Promise.all(
    Array.from({length: 200}, (_, i) => get(socket, ['/status', '/tasks/a/why', '/run'][i % 3]!)),
  );
  for (const answer of answers) expect(JSON.parse(answer)).not.toHaveProperty('error');
});

test('two hundred readers of events each see all of them', async () => {
  const {socket, orchestrator} = await served();
  const streams = Array.from({length: 200}, () => get(socket, '/events?since=0'));
  await orchestrator.pause();
  for (let i = 0; i < 20; i++) await orchestrator.setMaxParallel(1 + (i % 2));
  await orchestrator.shutdown();
  const last = orchestrator.state.seq;
  for (const text of await Promise.all(streams)) {
    const ids = [...text.matchAll(/^id: (\d+)$/gmu)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({length: last}, (_, i) => i + 1));
    expect(text.endsWith('event: end\ndata: {}\n\n')).toBe(true);
  }
});

test('clients that read nothing, send half a request or nothing at all keep nobody waiting and fill no memory', async () => {
  const {socket, orchestrator} = await served();
  const clients = [
    ...Array.from({length: 20}, () => silent(socket, 'GET /events?since=0 HTTP/1.1\r\nhost: x\r\n\r\n')),
    ...Array.from({length: 20}, () =>
      silent(socket, 'POST /tasks HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{"ta'),
    ),
    ...Array.from({length: 20}, () => silent(socket, 'GET /sta')),
    ...Array.from({length: 20}, () => silent(socket, '')),
    silent(socket, 'nonsense\r\n\r\n'),
  ];
  await get(socket, '/status');
  const sent = (): number => orchestrator.state.seq;
  const before = process.memoryUsage().arrayBuffers;
  // Far more than the kernel takes for a reader that reads nothing.
  const reason = 'x'.repeat(1_000);
  for (let i = 0; i < 2_000; i++) {
    await orchestrator.pause(reason);
    await orchestrator.resume();
  }
  expect(sent()).toBeGreaterThan(4_000);
  const answer = await get(socket, '/run');
  expect(JSON.parse(answer)).toMatchObject({lastSeq: sent()});
  // 20 readers that were sent everything would hold 20 times all of it, some 80 MB.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  for (const client of clients) client.destroy();
});

test('who asks before the run is there is answered once it is', async () => {
  const steered = await steeredRun();
  const apiServer = new ApiServer();
  const lock = await RepositoryLock.take(steered.root, apiServer.server);
  const early = get(lock.socket, '/run');
  const given = get(lock.socket, '/run');
  await eventually('both have come', () => true);
  serveRun(apiServer, steered.run);
  expect(JSON.parse(await early)).toMatchObject({command: 'serve'});
  expect(JSON.parse(await given)).toMatchObject({command: 'serve'});
  await apiServer.close();
  await lock.release();
});

test('a reader of events whose connection breaks again and again gets each event once, in order', async () => {
  const {socket, orchestrator} = await served();
  // Between the two: cuts every connection after some bytes, in the middle of a line as well.
  const root = temporaryFolder();
  mkdirSync(path.join(root, '.disjoint'));
  let cuts = 0;
  const between = net.createServer((client) => {
    const run = connectTo(socket);
    let left = 200 + ((cuts++ * 377) % 1_500);
    client.on('error', () => {});
    run.on('error', () => {});
    client.pipe(run);
    run.on('data', (bytes) => {
      client.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left > 0) return;
      client.destroy();
      run.destroy();
    });
    run.on('close', () => client.destroy());
    client.on('close', () => run.destroy());
  });
  await new Promise<void>((resolve) => {
    between.listen(path.join(root, '.disjoint/api.sock'), resolve);
  });
  const ids: number[] = [];
  const reading = (async () => {
    for await (const received of new RunClient(root).events(0))
      if (received.kind === 'event') ids.push(received.event.seq);
  })();
  for (let i = 0; i < 20; i++) await orchestrator.setMaxParallel(1 + (i % 2));
  await orchestrator.shutdown();
  await reading;
  expect(ids).toEqual(Array.from({length: orchestrator.state.seq}, (_, i) => i + 1));
  expect(cuts).toBeGreaterThan(3);
  between.close();
});
