import {type ChildProcess, spawn} from 'node:child_process';
import {Descendants} from './descendants.ts';
import {processTable} from './process-table.ts';

/** How long a program may take to tell its version, which it knows without any work: the task waits meanwhile. */
export const VERSION_MS = 5_000;
/** What is kept of its answer: a version is short. */
const ANSWER_CHARACTERS_MAX = 1_000;

export interface VersionQuestion {
  readonly file: string;
  /** With the mark in it. */
  readonly env: Readonly<Record<string, string>>;
  /** In the environment of everything the program starts, so that it can be found. */
  readonly mark: string;
  /** A session and group of its own, which Ctrl-C in the terminal does not reach; otherwise it is in ours. */
  readonly ownGroup: boolean;
}

/**
 * A program that was asked for its version. It is as little to be trusted as the work itself: it may never answer, be
 * deaf to signals and start others. Whoever asks sets the limit (`VERSION_MS`) and calls `stop`.
 */
export class VersionProbe {
  /** The first line that it prints. `null` if it prints none, fails, or is stopped first. Never rejects. */
  readonly answer: Promise<string | null>;
  /** The program and all that it started; `null` if it could not be started, or has no group of its own. */
  readonly descendants: Descendants | null;
  readonly #mark: string;
  readonly #child: ChildProcess | null;
  #resolve: (version: string | null) => void = () => {};
  #said = '';

  constructor({file, env, mark, ownGroup}: VersionQuestion) {
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#mark = mark;
    this.#child = this.#spawn(file, env, ownGroup);
    const pid = this.#child?.pid;
    this.descendants = pid === undefined || !ownGroup ? null : new Descendants(pid, mark);
  }

  /** Kills it with all that it started, and waits for nothing: the answer is `null` unless it was there before. */
  stop(): void {
    if (this.descendants === null) this.#killMarked();
    else this.descendants.signalAll('SIGKILL');
    this.#settle(null);
  }

  /** One by one: the group is our own. */
  #killMarked(): void {
    this.#child?.kill('SIGKILL');
    for (const {pid} of processTable.list()) {
      if (processTable.hasInEnvironment(pid, this.#mark) !== true) continue;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    }
  }

  #spawn(file: string, env: Readonly<Record<string, string>>, detached: boolean): ChildProcess | null {
    let child: ChildProcess;
    try {
      // Some agent CLIs read their stdin even when asked for the version: it is at its end from the start.
      child = spawn(file, ['--version'], {
        env,
        shell: false,
        detached,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      this.#settle(null);
      return null;
    }
    child.once('error', () => this.#settle(null));
    child.stdout?.setEncoding('utf8');
    child.stdout?.on('data', (text: string) => {
      this.#said = (this.#said + text).slice(0, ANSWER_CHARACTERS_MAX);
      this.#look(child, false);
    });
    child.once('exit', () => this.#look(child, false));
    child.once('close', () => this.#look(child, true));
    return child;
  }

  /** A whole line is enough once it has ended: what it started may hold its output open for ever. */
  #look({exitCode, signalCode}: ChildProcess, isAll: boolean): void {
    if (exitCode === null && signalCode === null) return;
    const [first = '', ...others] = this.#said.trimStart().split('\n');
    if (exitCode !== 0) this.#settle(null);
    else if (isAll || others.length > 0) this.#settle(first.trim() === '' ? null : first.trim());
  }

  #settle(version: string | null): void {
    this.#resolve(version);
    this.#child?.stdout?.destroy();
  }
}
