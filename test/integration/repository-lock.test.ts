import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {RepositoryLock} from '../../src/api/repository-lock.ts';
import {socketHome} from '../../src/api/socket-home.ts';
import {connectTo, isListening} from '../../src/api/socket-probe.ts';
import {gitCommonFolder} from '../../src/workspace/git-folder.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=T', '-c', 'user.email=t@localhost', '-c', 'protocol.file.allow=always', ...args],
    {
      cwd,
      encoding: 'utf8',
      env: {...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1'},
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  ).trim();

const folderIn = (parent: string, name: string): string => {
  const folder = path.join(parent, name);
  mkdirSync(folder, {recursive: true});
  return folder;
};

const repositoryIn = (parent: string, name = 'shop'): string => {
  const folder = folderIn(parent, name);
  git(folder, 'init', '--quiet');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message=Start');
  return folder;
};

const refusal = async (root: string): Promise<string> => {
  try {
    await (await RepositoryLock.take(root, net.createServer())).release();
    return 'taken';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

describe('the home of the socket', () => {
  test('is one for every spelling, subfolder and worktree of a repository, as git says it', () => {
    const base = temporaryFolder();
    const shop = repositoryIn(base);
    const tree = path.join(base, 'tree');
    git(shop, 'worktree', 'add', '--quiet', tree);
    symlinkSync(shop, path.join(base, 'link'));
    const bare = path.join(base, 'bare.git');
    git(base, 'clone', '--quiet', '--bare', shop, bare);
    const part = repositoryIn(base, 'part');
    git(shop, 'submodule', '--quiet', 'add', part, 'part');
    const places = [shop, folderIn(shop, 'src/deep'), path.join(base, 'link'), tree, folderIn(tree, 'src')];
    for (const place of [...places, bare, path.join(shop, 'part')]) {
      const said = git(place, 'rev-parse', '--path-format=absolute', '--git-common-dir');
      expect(gitCommonFolder(place)).toBe(said);
    }
    expect(places.map(socketHome)).toEqual(places.map(() => path.join(shop, '.disjoint')));
    expect(socketHome(bare)).toBe(path.join(bare, 'disjoint'));
    expect(socketHome(path.join(shop, 'part'))).toBe(path.join(shop, '.git/modules/part/disjoint'));
    expect(socketHome(temporaryFolder())).not.toContain(base);
  });

  test('outside of git is in the project', () => {
    const folder = temporaryFolder();
    expect(gitCommonFolder(folder)).toBe(null);
    expect(socketHome(folder)).toBe(path.join(folder, '.disjoint'));
  });

  test('is for the user alone, and so is the socket; a folder that lets others in is closed, one that is stricter stays', async () => {
    const modes: string[] = [];
    for (const before of [null, 0o755, 0o500 | 0o200]) {
      const root = temporaryFolder();
      const home = path.join(root, '.disjoint');
      if (before !== null) {
        mkdirSync(home);
        chmodSync(home, before);
      }
      const lock = await RepositoryLock.take(root, net.createServer());
      modes.push(
        `${(statSync(home).mode & 0o777).toString(8)} ${(lstatSync(lock.socket).mode & 0o777).toString(8)}`,
      );
      await lock.release();
    }
    expect(modes).toEqual(['700 600', '700 600', '700 600']);
  });
});

describe('the lock of a repository', () => {
  test('is held once, through whichever of its folders, and leaves no socket behind', async () => {
    const base = temporaryFolder();
    const shop = repositoryIn(base);
    const tree = path.join(base, 'tree');
    git(shop, 'worktree', 'add', '--quiet', tree);
    const lock = await RepositoryLock.take(shop, net.createServer());
    await expect(RepositoryLock.take(tree, net.createServer())).rejects.toMatchObject({
      code: 'E_ALREADY_RUNNING',
      message: expect.stringContaining(`pid ${process.pid}, since `) as string,
      hint: expect.stringMatching(/disjoint status.+disjoint submit.+disjoint stop/u) as string,
    });
    expect(await refusal(folderIn(shop, 'src'))).toBe('E_ALREADY_RUNNING');
    await lock.release();
    expect(readdirSync(path.join(shop, '.disjoint')).toSorted()).toEqual(['.gitignore', 'api.lock']);
    expect(await refusal(tree)).toBe('taken');
  });

  test('tells since when it is held, and by whom', async () => {
    const root = temporaryFolder();
    const before = Date.now();
    const lock = await RepositoryLock.take(root, net.createServer());
    expect(lock.since).toBeGreaterThanOrEqual(before);
    expect(lock.since).toBeLessThanOrEqual(Date.now());
    const holder: unknown = JSON.parse(readFileSync(path.join(root, '.disjoint/api.json'), 'utf8'));
    expect(holder).toEqual({pid: process.pid, since: lock.since, root});
    await lock.release();
  });

  test('works where the path is longer than an address of a socket can be', async () => {
    const root = folderIn(temporaryFolder(), `${'long-name-'.repeat(9)}/${'and-longer-'.repeat(9)}`);
    const server = net.createServer((connection) => {
      // Who only looks whether somebody is there does not stay to hear it.
      connection.on('error', () => {});
      connection.end('hello');
    });
    const lock = await RepositoryLock.take(root, server);
    expect(Buffer.byteLength(lock.socket)).toBeGreaterThan(150);
    expect(lstatSync(lock.socket).isSocket()).toBe(true);
    expect(await refusal(root)).toBe('E_ALREADY_RUNNING');
    const heard = await new Promise<string>((resolve) => {
      connectTo(lock.socket).on('data', (bytes) => resolve(bytes.toString()));
    });
    expect(heard).toBe('hello');
    await lock.release();
    expect(existsSync(lock.socket)).toBe(false);
    expect(await refusal(root)).toBe('taken');
  });

  test('refuses a folder that is none, and what lies in its place', async () => {
    const root = temporaryFolder();
    writeFileSync(path.join(root, '.disjoint'), '');
    expect(await refusal(root)).toBe('E_IO');
    const other = temporaryFolder();
    writeFileSync(path.join(folderIn(other, '.disjoint'), 'api.sock'), 'mine');
    expect(await refusal(other)).toBe('E_IO');
  });
});

const HOLDER = fileURLToPath(new URL('../support/fake-agents/lock-holder.ts', import.meta.url));

/** A process that takes the repository when it is told to, says whether it has it, and lets go when it is to end. */
class Holder {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #closed: Promise<void>;
  #heard: () => void = () => {};

  constructor(root: string) {
    const child = spawn(process.execPath, ['--import', 'tsx', HOLDER, root], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    child.stdout.on('data', (bytes: Buffer) => {
      this.#lines.push(...bytes.toString().trim().split('\n'));
      this.#heard();
    });
  }

  async says(): Promise<string> {
    while (this.#lines.length === 0) await new Promise<void>((resolve) => (this.#heard = resolve));
    return this.#lines.shift() ?? '';
  }

  tell(what: 'take' | 'use' = 'take'): void {
    this.#child.stdin?.write(`${what}\n`);
  }

  async takes(): Promise<string> {
    await this.says();
    this.tell();
    return this.says();
  }

  end(signal?: 'SIGKILL'): Promise<void> {
    if (signal === undefined) this.#child.stdin?.end();
    else this.#child.kill(signal);
    return this.#closed;
  }
}

describe('of processes', () => {
  test('twenty that want it at the same moment exactly one has it, also where one that was killed has left its socket', async () => {
    const root = repositoryIn(temporaryFolder());
    const all = Array.from({length: 20}, () => new Holder(root));
    await Promise.all(all.map((one) => one.says()));
    for (let round = 0; round < 8; round++) {
      for (const one of all) one.tell();
      const said = await Promise.all(all.map((one) => one.says()));
      expect(said.toSorted()).toEqual([...Array<string>(all.length - 1).fill('E_ALREADY_RUNNING'), 'taken']);
      // The first round finds nothing there, the others a socket on which nobody listens.
      const [winner] = all.splice(said.indexOf('taken'), 1);
      await winner?.end('SIGKILL');
      expect(lstatSync(path.join(root, '.disjoint/api.sock')).isSocket()).toBe(true);
    }
    await Promise.all(all.map((one) => one.end()));
    expect(await refusal(root)).toBe('taken');
  }, 120_000);

  test('one that lets go takes it from nobody who has it by then', async () => {
    const root = temporaryFolder();
    const all = Array.from({length: 6}, () => new Holder(root));
    await Promise.all(all.map((one) => one.says()));
    const said = await Promise.all(
      all.map(async (one) => {
        const answers: string[] = [];
        for (let i = 0; i < 40; i++) {
          one.tell('use');
          answers.push(await one.says());
        }
        return answers;
      }),
    );
    expect([...new Set(said.flat())].toSorted()).toEqual(['E_ALREADY_RUNNING', 'used']);
    await Promise.all(all.map((one) => one.end()));
  }, 120_000);

  test('one that is dead has it no more, although its number is that of another', async () => {
    const root = temporaryFolder();
    const killed = new Holder(root);
    expect(await killed.takes()).toBe('taken');
    await killed.end('SIGKILL');
    const socket = path.join(root, '.disjoint/api.sock');
    expect(lstatSync(socket).isSocket()).toBe(true);
    expect(await isListening(socket)).toBe(false);
    // As if this process had got the number of the dead one.
    writeFileSync(path.join(root, '.disjoint/api.json'), JSON.stringify({pid: process.pid, since: 1, root}));
    expect(await refusal(root)).toBe('taken');
  });

  test('one that accepts nothing has it still', async () => {
    const root = temporaryFolder();
    const home = folderIn(root, '.disjoint');
    const server = net.createServer({pauseOnConnect: true});
    const connections: net.Socket[] = [];
    server.on('connection', (connection) => connections.push(connection));
    await new Promise<void>((resolve) => {
      server.listen(path.join(home, 'api.sock'), resolve);
    });
    expect(await refusal(root)).toBe('E_ALREADY_RUNNING');
    for (const connection of connections) connection.destroy();
    server.close();
  });
});
