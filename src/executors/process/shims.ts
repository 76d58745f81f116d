import {type ChildProcess, spawn} from 'node:child_process';
import {Socket} from 'node:net';
import {fileURLToPath} from 'node:url';

/** The program that stands between us and that of an attempt. */
const SHIM = fileURLToPath(new URL('./shim.mjs', import.meta.url));

/** After so long (ms) without an attempt, none is kept ready. */
const IDLE_MS = 10_000;

/** A shim that waits to be told what to run. */
export interface Shim {
  readonly process: ChildProcess;
  /** It leads its own process group. */
  readonly pid: number;
  readonly wire: Socket;
}

/** Those that wait. Nobody else would find them if this process ends, and a moment passes before they end by themselves. */
const waiting = new Set<Shim>();
let isWatching = false;

const endWaiting = (): void => {
  for (const {process: shim} of waiting) shim.kill('SIGKILL');
};

/** Whether this process may end while the shim is there. */
const holdOn = ({process: shim, wire}: Shim, isHeld: boolean): void => {
  const streams = [wire, shim.stdin, shim.stdout, shim.stderr];
  for (const stream of streams) if (stream instanceof Socket) stream[isHeld ? 'ref' : 'unref']();
  shim[isHeld ? 'ref' : 'unref']();
};

/**
 * Starts shims, and keeps one ready while attempts come: to start a Node.js takes longer than to start most programs, and
 * nobody should wait for it between one attempt and the next.
 */
export class Shims {
  readonly #env: Readonly<Record<string, string>>;
  #ready: Shim | null = null;
  #idle: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** @param env All variables that a shim has: its program gets its own. */
  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  /**
   * One for an attempt, which it is used for alone.
   *
   * @throws Error with the code of the system if it cannot be started.
   */
  async take(): Promise<Shim> {
    const ready = this.#ready;
    this.#ready = null;
    const shim = ready ?? (await this.#start());
    waiting.delete(shim);
    holdOn(shim, true);
    return shim;
  }

  /** Has one ready for the next attempt. What goes wrong is found when one is taken. */
  async prepare(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#letGo(), IDLE_MS).unref();
    if (this.#ready !== null) return;
    const shim = await this.#start().catch(() => null);
    if (shim === null) return;
    // Meanwhile another one may have come, or the end.
    if (this.#ready !== null || this.#isClosed) {
      shim.wire.destroy();
      return;
    }
    this.#ready = shim;
    waiting.add(shim);
    if (!isWatching) process.once('exit', endWaiting);
    isWatching = true;
    holdOn(shim, false);
    shim.process.once('exit', () => {
      waiting.delete(shim);
      if (this.#ready === shim) this.#ready = null;
    });
  }

  /** Lets go of the one that is ready, and keeps none from here on. */
  close(): void {
    this.#isClosed = true;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#letGo();
  }

  #letGo(): void {
    this.#ready?.wire.destroy();
    this.#ready = null;
  }

  #start(): Promise<Shim> {
    return new Promise((resolve, reject) => {
      const shim = spawn(process.execPath, [SHIM], {
        env: {...this.#env},
        // It may be there for longer than any folder.
        cwd: '/',
        shell: false,
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      });
      shim.once('error', reject);
      const wire = shim.stdio[3];
      if (shim.pid === undefined || !(wire instanceof Socket)) return;
      // Whoever has ended tells nobody: that is seen by its exit.
      wire.on('error', () => {});
      shim.stdin?.on('error', () => {});
      resolve({process: shim, pid: shim.pid, wire});
    });
  }
}
