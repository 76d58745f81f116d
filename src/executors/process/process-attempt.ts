import type {ChildProcess} from 'node:child_process';
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {attemptEnvironment} from '../../core/environment.ts';
import type {ExitReason} from '../../core/failures.ts';
import {RedactedLines} from '../../core/secrets/redacted-lines.ts';
import type {Clock, Timer} from '../../ports/clock.ts';
import type {AttemptObserver, AttemptRequest, RunningAttempt} from '../../ports/executor.ts';
import type {Launch} from '../program.ts';
import {AttemptLog} from './attempt-log.ts';
import {Descendants} from './descendants.ts';
import {describeMissing, describeSpawnError, type StartProblem} from './describe-start.ts';
import {findProgram} from './find-program.ts';
import {followOutput, type OutputChannel} from './follow-output.ts';
import type {ProcessHome} from './process-home.ts';
import {processTable} from './process-table.ts';
import {runUnder} from './shim.ts';
import type {Shim} from './shims.ts';
import {VERSION_MS, VersionProbe} from './version-probe.ts';

/** How long output may still be on its way after the program has ended. */
const DRAIN_MS = 1_000;
/** How often to look whether what was signalled has ended. */
const LOOK_AGAIN_MS = 50;

const STOPPED_FIRST: StartProblem = {message: 'it was stopped first', hint: 'nothing to do'};

/**
 * One process attempt, from looking for the program to the confirmed death of all it started.
 *
 * It settles on the end of the program, not on the end of its output: a grandchild can hold the pipes open for
 * ever. Whatever the program left behind is reported and has to be stopped before the attempt counts as dead.
 */
export class ProcessAttempt implements RunningAttempt {
  readonly #request: AttemptRequest;
  readonly #observer: AttemptObserver;
  readonly #launch: Launch;
  readonly #home: ProcessHome;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #log: AttemptLog;
  readonly #lines: Readonly<Record<OutputChannel, RedactedLines>>;
  /** The program while it is asked for its version, before the work begins. */
  #probe: VersionProbe | null = null;
  #child: ChildProcess | null = null;
  /** Of the work; before it begins, of the question for the version. */
  #descendants: Descendants | null = null;
  /** Why and how the leader ended; `null` while it runs. */
  #ended: ExitReason | null = null;
  /** What it printed before it was known to run; `null` from then on. */
  #early: (() => void)[] | null = [];
  /** Told to stop while the program was still looked for: it must not be started any more. */
  #stoppedEarly = false;
  #killing = false;
  #look: Timer | null = null;
  #isDead = false;

  constructor(
    request: AttemptRequest,
    observer: AttemptObserver,
    launch: Launch,
    home: ProcessHome,
    clock: Clock,
  ) {
    this.#request = request;
    this.#observer = observer;
    this.#launch = launch;
    this.#home = home;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#log = new AttemptLog(home.logPath, home.bytesRedactor);
    const {redactor} = home;
    this.#lines = {stdout: new RedactedLines(redactor), stderr: new RedactedLines(redactor)};
  }

  ask(): void {
    this.#signal('SIGINT');
  }

  terminate(): void {
    this.#signal('SIGTERM');
  }

  kill(): void {
    this.#killing = true;
    this.#signal('SIGKILL');
  }

  abandon(): void {
    this.#stoppedEarly = true;
    this.#isDead = true;
    // It is not the work of anybody, and nobody would ever end it.
    this.#probe?.stop();
    this.#look?.cancel();
    this.#log.close();
    // What lives on must not keep the program that uses us from ending, neither as a child nor through its pipes. Without us
    // the shim kills it.
    this.#child?.unref();
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
  }

  async run(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await this.#notStarted({message, hint: 'this is a bug in Disjoint: report it'});
    }
  }

  async #start(): Promise<void> {
    const {program, file, set} = this.#launch;
    const {root, mark, environment} = this.#home;
    const {spec, agentType, attempt} = this.#request;
    const env = attemptEnvironment(environment, agentType.environment, {
      ...set,
      DISJOINT_TASK: spec.id,
      DISJOINT_ATTEMPT: String(attempt),
      ...(this.#home.socket !== null && {DISJOINT_SOCKET: this.#home.socket}),
      // Appended to the mark we were started with ourselves: an orchestrator inside an attempt of another one must
      // not hide its processes from the outer one.
      [mark.name]: `${environment[mark.name] ?? ''}${mark.value}`,
    });
    const executable = await findProgram(program, root, env['PATH']);
    if (executable === null) {
      await this.#notStarted(describeMissing(program));
      return;
    }
    const version = this.#stoppedEarly ? null : await this.#versionOf(executable, env);
    if (file !== null && !(await this.#provide(file))) return;
    if (this.#stoppedEarly) {
      await this.#notStarted(STOPPED_FIRST);
      return;
    }
    await this.#spawn(executable, version, env);
  }

  /** Asks only a program whose version is wanted and not known. An attempt that is stopped meanwhile learns nothing. */
  async #versionOf(file: string, env: Readonly<Record<string, string>>): Promise<string | null> {
    const {versions, mark} = this.#home;
    if (versions === null) return null;
    const known = versions.get(file);
    if (known !== undefined) return known;
    const probe = new VersionProbe({file, env, mark: mark.value, ownGroup: true});
    this.#probe = probe;
    this.#descendants = probe.descendants;
    const limit = this.#clock.setTimer(() => probe.stop(), VERSION_MS);
    const version = await probe.answer;
    limit.cancel();
    this.#probe = null;
    if (!this.#stoppedEarly) versions.set(file, version);
    return version;
  }

  /** Writes a file that the program will read. False if that failed, which ends the attempt. */
  async #provide(file: NonNullable<Launch['file']>): Promise<boolean> {
    try {
      await mkdir(path.dirname(file.path), {recursive: true, mode: 0o700});
      await writeFile(file.path, file.text, {mode: 0o600});
      return true;
    } catch (error) {
      const {code = 'unknown'} = error as NodeJS.ErrnoException;
      await this.#notStarted({
        message: `${file.path}, which it needs, cannot be written (${code})`,
        hint: 'check who may write there, and whether the disk is full',
      });
      return false;
    }
  }

  async #spawn(
    executable: string,
    version: string | null,
    env: Readonly<Record<string, string>>,
  ): Promise<void> {
    const {args, stdin} = this.#launch;
    const refused = (error: NodeJS.ErrnoException): void =>
      void this.#notStarted(describeSpawnError(error, executable, this.#home.root));
    let shim: Shim;
    try {
      shim = await this.#home.shims.take();
    } catch (error) {
      refused(error as NodeJS.ErrnoException);
      return;
    }
    if (this.#stoppedEarly) {
      shim.wire.destroy();
      await this.#notStarted(STOPPED_FIRST);
      return;
    }
    void this.#home.shims.prepare();
    const {process: child, pid: group} = shim;
    this.#child = child;
    // What the question for the version left behind belongs to the attempt, and started before its leader.
    const since = this.#descendants?.since;
    this.#descendants = new Descendants(group, this.#home.mark.value, processTable, since);
    const drained = this.#followOutput(child);
    const {root: cwd, resultFile} = this.#home;
    const call = {file: executable, args, env, cwd, hasStdin: stdin !== null, resultFile};
    runUnder(shim, call, {
      started: (pid) => {
        const startedAt = processTable.find(pid)?.startedAt ?? null;
        if (!this.#isDead) this.#observer.started({pid, group, startedAt, path: executable, version});
        this.#tellEarly();
      },
      refused,
      ended: (how) => {
        this.#ended = how;
        void this.#afterExit(child, drained);
      },
    });
    // A program that does not read its stdin closes it early; that is its right.
    child.stdin?.end(stdin ?? '');
  }

  /** Output goes to the log as it is and to readers line by line. Resolves when both streams have ended. */
  #followOutput(child: ChildProcess): Promise<void> {
    return followOutput(child, this.#launch.reader, {
      chunk: (channel, bytes) => {
        this.#log.write(channel, bytes);
        // Dots without a line end, and events of which nothing is shown, are signs of life as well.
        if (!this.#isDead && this.#early === null) this.#observer.active();
      },
      line: (channel, text) => {
        if (this.#isDead) return;
        const line = this.#lines[channel].line(text);
        if (line === null) return;
        this.#log.line(line);
        if (this.#early === null) this.#observer.output(channel, line);
        else this.#early.push(() => this.#observer.output(channel, line));
      },
    });
  }

  /** Output may come before the shim has said that the program runs. */
  #tellEarly(): void {
    const early = this.#early ?? [];
    this.#early = null;
    if (!this.#isDead) for (const tell of early) tell();
  }

  async #afterExit(child: ChildProcess, drained: Promise<unknown>): Promise<void> {
    if (this.#isDead) return;
    const left = this.#descendants?.list() ?? [];
    if (left.length > 0) {
      if (!this.#killing) this.#observer.leftBehind(left.length);
      await this.#untilNoneIsLeft();
    }
    await this.#atMost(drained, DRAIN_MS);
    // If it was us who were busy for so long, what is in the pipe comes with the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    child.stdout?.destroy();
    child.stderr?.destroy();
    // A destroyed stream is closed: the last line counts although somebody we cannot find still holds the pipe.
    await drained;
    const how = this.#ended ?? {kind: 'signalled', signal: 'unknown'};
    this.#end(how.kind === 'exited' ? {...how, result: this.#launch.reader.result()} : how);
  }

  /** Looks until everything the program left behind has ended. Once killing, kills what appears anew. */
  #untilNoneIsLeft(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const left = this.#descendants?.list() ?? [];
        if (left.length === 0) {
          this.#look = null;
          resolve();
          return;
        }
        if (this.#killing) this.#descendants?.signalAll('SIGKILL');
        this.#look = this.#clock.setTimer(look, LOOK_AGAIN_MS);
      };
      look();
    });
  }

  async #atMost(done: Promise<unknown>, ms: number): Promise<void> {
    let timer: Timer | null = null;
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimer(resolve, ms);
    });
    await Promise.race([done, late]);
    (timer as Timer | null)?.cancel();
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#isDead) return;
    if (this.#child === null || this.#descendants === null) {
      this.#stoppedEarly = true;
      this.#probe?.stop();
    } else if (this.#ended === null) {
      this.#descendants.signalGroup(signal);
    } else {
      this.#descendants.signalAll(signal);
    }
  }

  /** The work never began; the question for the version may have started something, which has nothing to tidy up. */
  async #notStarted(problem: StartProblem): Promise<void> {
    if (this.#isDead) return;
    this.#killing = true;
    if (this.#descendants !== null) await this.#untilNoneIsLeft();
    this.#end({kind: 'not-started', ...problem});
  }

  #end(how: ExitReason): void {
    if (this.#isDead) return;
    this.#tellEarly();
    this.#isDead = true;
    this.#look?.cancel();
    this.#log.close();
    this.#observer.dead({
      how: this.#home.redactor.value(how),
      durationMs: this.#clock.now() - this.#startedAt,
      logPath: this.#log.path,
      tail: this.#log.tail,
      changed: null,
    });
  }
}
