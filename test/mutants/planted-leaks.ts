import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, watch} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {clearTimeout as clearImported, setTimeout as setImported} from 'node:timers';
import {setTimeout as sleep} from 'node:timers/promises';
import {temporaryFolder} from '../support/temporary-folder.ts';

/** Something that a test leaves behind. */
export interface PlantedLeak {
  readonly name: string;
  /** What the hook has to say of it. */
  readonly because: RegExp;
  /** Resolves, when it is there, with what takes it away. */
  readonly plant: () => Promise<() => void> | (() => void);
}

const LONG_MS = 60_000;
const noop = (): void => {};

const listen = (where: {readonly port: number} | {readonly path: string}): Promise<() => void> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(where, () => resolve(() => server.close()));
  });

const run = (program: string, ...args: readonly string[]): Promise<() => void> =>
  new Promise((resolve) => {
    const child = spawn(program, args, {stdio: 'ignore', detached: true});
    child.unref();
    child.once('spawn', () => resolve(() => child.kill('SIGKILL')));
  });

const runToTheEnd = (program: string, ...args: readonly string[]): Promise<void> =>
  new Promise((resolve) => spawn(program, args, {stdio: 'ignore'}).once('close', () => resolve()));

/** One for each thing that a test may not leave behind, and one that leaves nothing. */
export const PLANTED_LEAKS: readonly PlantedLeak[] = [
  {
    name: 'nothing',
    because: /^$/u,
    plant: async () => {
      clearTimeout(setTimeout(noop, LONG_MS));
      clearImported(setImported(noop, LONG_MS));
      await sleep(1);
      const stop = await listen({path: path.join(temporaryFolder(), 'socket')});
      stop();
      await runToTheEnd('true');
      return noop;
    },
  },
  {
    name: 'a timer',
    because: /timers left behind/u,
    plant: () => {
      const timer = setTimeout(noop, LONG_MS);
      return () => clearTimeout(timer);
    },
  },
  {
    name: 'an interval',
    because: /timers left behind/u,
    plant: () => {
      const timer = setInterval(noop, LONG_MS);
      return () => clearInterval(timer);
    },
  },
  {
    name: 'a timer of the module',
    because: /timers left behind/u,
    plant: () => {
      const timer = setImported(noop, LONG_MS);
      return () => clearImported(timer);
    },
  },
  {
    name: 'a promise of a timer',
    because: /timers left behind/u,
    plant: () => {
      const abort = new AbortController();
      sleep(LONG_MS, null, {signal: abort.signal}).catch(noop);
      return () => abort.abort();
    },
  },
  {
    name: 'a process',
    because: /processes left behind/u,
    plant: () => run('sleep', '60'),
  },
  {
    name: 'a server on a port',
    because: /handles left behind/u,
    plant: () => listen({port: 0}),
  },
  {
    name: 'a server on a Unix socket',
    because: /handles left behind/u,
    plant: () => listen({path: path.join(temporaryFolder(), 'socket')}),
  },
  {
    name: 'a watched folder',
    because: /handles left behind/u,
    plant: () => {
      const watcher = watch(process.cwd(), noop);
      return () => watcher.close();
    },
  },
  {
    name: 'a folder',
    because: /temporary files left behind/u,
    plant: () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'disjoint-demo-'));
      return () => rmSync(folder, {recursive: true});
    },
  },
  {
    name: 'a file of a program it ran',
    because: /temporary files left behind/u,
    plant: async () => {
      await runToTheEnd('sh', '-c', 'echo left > "$TMPDIR/left"');
      return () => rmSync(path.join(tmpdir(), 'left'));
    },
  },
];
