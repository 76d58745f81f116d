import {appendFileSync, existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {procTable} from '../../src/executors/process/process-table.ts';
import type {Span} from './task-functions.ts';
import {temporaryFolder} from './temporary-folder.ts';

/** An agent type whose tasks are shell scripts, and that is not patient when they are to stop. */
export const SHELL_AGENT = {
  command: ['sh', '-c', '{prompt}'],
  stop: {askMs: 100, graceMs: 200, sweepMs: 5_000},
} as const;

/** How long a script waits for something that another process has to do, in steps of 20 ms. */
const WAIT_STEPS = 500;

interface Note {
  readonly what: string;
  readonly taskId: string;
  readonly atMs: number;
}

/**
 * A file in which shell tasks write down what they really do: the ground truth of a test.
 *
 * Every note is one append, so the order of the lines is the order of events, whatever any clock says.
 */
export class Timesheet {
  readonly file = path.join(temporaryFolder(), 'timesheet');

  /** A shell command that writes a note. */
  note(what: string): string {
    return `echo "${what} $DISJOINT_TASK $(date +%s%N)" >> '${this.file}'`;
  }

  /** A note of the test itself, in the same order of events. */
  noteNow(what: string, taskId: string): void {
    appendFileSync(this.file, `${what} ${taskId} ${BigInt(Date.now()) * 1_000_000n}\n`);
  }

  /** A script that notes its start, does the work, notes its end, and ends with the exit code of the work. */
  script(work: string): string {
    return `${this.note('start')}; ( ${work} ); code=$?; ${this.note('end')}; exit $code`;
  }

  /** Shell: waits until so many tasks have started. If they never do, exits with code 1 after 10 s. */
  untilStarted(count: number): string {
    return waitFor(`[ "$(grep -c '^start' '${this.file}')" -ge ${count} ]`);
  }

  /** Shell: waits until this task has started. If it never does, exits with code 1 after 10 s. */
  untilStartOf(taskId: string): string {
    return waitFor(`grep -q '^start ${taskId} ' '${this.file}'`);
  }

  /** Every note so far, as "start a". */
  order(): readonly string[] {
    return this.#notes().map(({what, taskId}) => `${what} ${taskId}`);
  }

  /** The ids of the tasks in the order in which their attempts started. */
  starts(): readonly string[] {
    return this.#notes()
      .filter(({what}) => what === 'start')
      .map(({taskId}) => taskId);
  }

  /** When each attempt of a task ran, as measured inside it. */
  spans(taskId: string): readonly Span[] {
    const spans: Span[] = [];
    let startedAt = Number.NaN;
    for (const note of this.#notes()) {
      if (note.taskId !== taskId) continue;
      if (note.what === 'start') startedAt = note.atMs;
      if (note.what === 'end') spans.push({startedAt, endedAt: note.atMs});
    }
    return spans;
  }

  /** Did the two tasks ever run at the same time? Told by the order of the notes alone. */
  overlapped(a: string, b: string): boolean {
    const running = new Set<string>();
    for (const {what, taskId} of this.#notes()) {
      if (what === 'start') running.add(taskId);
      if (what === 'end') running.delete(taskId);
      if (running.has(a) && running.has(b)) return true;
    }
    return false;
  }

  /** How the times of all tasks compare: of all together, of the longest, and of all one after the other. */
  times(): {readonly wallMs: number; readonly longestMs: number; readonly sumMs: number} {
    const spans = [...new Set(this.starts())].flatMap((taskId) => this.spans(taskId));
    const lengths = spans.map(({startedAt, endedAt}) => endedAt - startedAt);
    return {
      wallMs:
        Math.max(...spans.map(({endedAt}) => endedAt)) - Math.min(...spans.map(({startedAt}) => startedAt)),
      longestMs: Math.max(...lengths),
      sumMs: lengths.reduce((sum, length) => sum + length, 0),
    };
  }

  #notes(): readonly Note[] {
    return textOf(this.file)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [what = '', taskId = '', at = ''] = line.split(' ');
        return {what, taskId, atMs: Number(at) / 1e6};
      });
  }
}

/** Shell: waits until the condition holds. If it never does, exits with code 1 after 10 s. */
const waitFor = (condition: string): string =>
  `i=0; until ${condition}; do i=$((i+1)); [ $i -gt ${WAIT_STEPS} ] && exit 1; sleep 0.02; done`;

/** Shell: waits until a file is there, so that a test decides when a task goes on. */
export const untilFile = (file: string): string => waitFor(`[ -e '${file}' ]`);

/** What is in a file; nothing if it is not there. */
export const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** Those of these files that hold the number of a process that is alive, by the process table. */
export const alive = (files: readonly string[]): readonly string[] =>
  files.filter((file) => procTable.find(Number(textOf(file))) !== null);
