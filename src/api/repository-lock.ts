import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type net from 'node:net';
import path from 'node:path';
import {isObject} from '../core/shape.ts';
import {exclusively, keepLocked} from '../store/sqlite/exclusive.ts';
import {StoreError} from '../store/sqlite/store-error.ts';
import {gitCommonFolder} from '../workspace/git-folder.ts';
import {alreadyRunning, DisjointError, goingDown} from './errors.ts';
import {KeptFiles} from './kept-files.ts';
import {repositoryMark} from './repository-mark.ts';
import {makeSocketHome, SOCKET, socketHome, unusableHome} from './socket-home.ts';
import {withSocketPath} from './socket-path.ts';
import {isListening} from './socket-probe.ts';

const HOLDER = 'api.json';
const MUTEX = 'api.lock';
/** In git's folder, where no cleaning of the files comes. */
const SECOND_LOCK = 'disjoint.lock';
/** How long (ms) a process that dies may take to let go of all that it has. */
const DYING_MS = 1_000;
/** So many connections may wait to be accepted. */
const BACKLOG = 511;

/** Who listens on the socket of a repository. */
export interface SocketHolder {
  readonly pid: number;
  /** Wall time, in ms. */
  readonly since: number;
  /** Absolute path of the project that it runs. */
  readonly root: string;
}

/** Who wrote last that it listens in this folder; `null` if that cannot be told. */
const holderIn = (home: string): SocketHolder | null => {
  try {
    const value: unknown = JSON.parse(readFileSync(path.join(home, HOLDER), 'utf8'));
    if (!isObject(value)) return null;
    const {pid, since, root} = value;
    return typeof pid === 'number' && typeof since === 'number' && typeof root === 'string'
      ? {pid, since, root}
      : null;
  } catch {
    return null;
  }
};

/** Written whole or not at all, so that whoever reads it meanwhile reads what was there before. */
const writeHolder = (home: string, holder: SocketHolder): void => {
  const file = path.join(home, HOLDER);
  writeFileSync(`${file}.new`, JSON.stringify(holder), {mode: 0o600});
  renameSync(`${file}.new`, file);
};

/** Takes away what dead processes have left. Only while nobody else can be at it. */
const removeStale = (socket: string): void => {
  for (const name of readdirSync(path.dirname(socket)))
    if (name.startsWith(`${SOCKET}.`)) rmSync(path.join(path.dirname(socket), name), {force: true});
  const stats = lstatSync(socket, {throwIfNoEntry: false});
  if (stats === undefined) return;
  if (!stats.isSocket()) {
    throw new DisjointError('E_IO', `${socket} is there and is no socket`, 'move it away');
  }
  rmSync(socket);
};

/**
 * The lock that holds although the folder of the first was deleted: an agent that cleans the repository of what git does not know
 * must not let another run in beside this one. Where it cannot be had (outside of git, or where git's folder cannot be written),
 * there is none.
 *
 * @returns what lets go of it.
 * @throws DisjointError `E_ALREADY_RUNNING`.
 */
const secondLock = async (root: string): Promise<() => void> => {
  const common = gitCommonFolder(root);
  if (common === null) return () => {};
  const file = path.join(common, SECOND_LOCK);
  const unlock = await keepLocked(file, DYING_MS).catch(() => () => {});
  if (unlock === 'taken') throw goingDown(file);
  return unlock;
};

const listen = (socket: string, server: net.Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    // bind(2) is done when the call returns; until chmod below the folder keeps others out.
    withSocketPath(socket, (short) => server.listen({path: short, backlog: BACKLOG}));
  });

/**
 * The right to be the only run of a repository: its socket, on which this process listens. The kernel takes it back when the
 * process dies.
 */
export class RepositoryLock {
  /** Absolute path. May be longer than an address of a socket can be. */
  readonly socket: string;
  /** Wall time (ms) at which it was taken. */
  readonly since: number;
  /** In the environment of everything that is started under it. */
  readonly mark: string;
  /** Whoever had it before did not let go of it: something that it started may be alive. */
  readonly isInherited: boolean;
  readonly #home: string;
  readonly #server: net.Server;
  readonly #files: KeptFiles;
  readonly #unlock: () => void;

  private constructor(
    home: string,
    {since, root}: SocketHolder,
    isInherited: boolean,
    server: net.Server,
    unlock: () => void,
  ) {
    this.socket = path.join(home, SOCKET);
    this.since = since;
    this.mark = repositoryMark(root);
    this.isInherited = isInherited;
    this.#home = home;
    this.#server = server;
    this.#files = new KeptFiles([home, this.socket]);
    this.#unlock = unlock;
  }

  /**
   * Takes the repository that a folder belongs to. What a dead process has left of its socket is taken away first: whoever
   * finds it, removes it and listens does that while nobody else can, so of all that start at once exactly one has it.
   *
   * @param server Listens there from now on.
   * @throws DisjointError `E_ALREADY_RUNNING` if somebody listens there; `E_IO` if the folder cannot be used.
   */
  static async take(root: string, server: net.Server): Promise<RepositoryLock> {
    const home = socketHome(root);
    makeSocketHome(home, root);
    try {
      return await exclusively(path.join(home, MUTEX), () => RepositoryLock.#takeAlone(home, root, server));
    } catch (error) {
      throw error instanceof StoreError ? unusableHome(home, root, error.message) : error;
    }
  }

  static async #takeAlone(home: string, root: string, server: net.Server): Promise<RepositoryLock> {
    const socket = path.join(home, SOCKET);
    if (await isListening(socket)) {
      const other = holderIn(home);
      throw alreadyRunning(other, other?.root ?? null);
    }
    const unlock = await secondLock(root);
    // Letting go takes it away.
    const isInherited = existsSync(path.join(home, HOLDER));
    const holder = {pid: process.pid, since: Date.now(), root};
    try {
      removeStale(socket);
      // Closing a server, also by the end of its process, removes whatever has the name that it was given. So that name is
      // nobody else's, and the one by which it is found is given to it after that.
      const own = `${socket}.${process.pid}`;
      await listen(own, server);
      chmodSync(own, 0o600);
      renameSync(own, socket);
      writeHolder(home, holder);
      return new RepositoryLock(home, holder, isInherited, server, unlock);
    } catch (error) {
      server.close();
      unlock();
      throw error;
    }
  }

  /** Its folder or its socket, if that is not there any more or is another one: nobody finds this process by it. */
  lost(): string | null {
    return this.#files.lost();
  }

  /**
   * Listens no more, and leaves no socket behind. Connections that are open stay so.
   *
   * While nobody else can listen: what has the name of the socket may be the next one's.
   */
  async release(): Promise<void> {
    // What has the name of the socket may be the next one's, and is not to be removed.
    if (this.lost() !== null) {
      this.#server.close();
      this.#unlock();
      return;
    }
    const end = (): void => {
      rmSync(path.join(this.#home, HOLDER), {force: true});
      this.#server.close();
      rmSync(this.socket, {force: true});
      this.#unlock();
    };
    await exclusively(path.join(this.#home, MUTEX), () => Promise.resolve(end()));
  }
}
