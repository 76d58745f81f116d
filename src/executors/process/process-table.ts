import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';

/** A process that has not ended. Zombies have. */
export interface ProcessEntry {
  readonly pid: number;
  readonly group: number;
  readonly session: number;
  /** When it started, in a unit that only serves to compare processes of one boot. */
  readonly startedAt: number;
}

/** All processes at one moment, as far as that can be had: reading them takes its time. */
export interface ProcessLook {
  readonly entries: readonly ProcessEntry[];
  /** True if no process was started, and none ended unread, meanwhile: nobody was missed. */
  readonly isComplete: boolean;
}

/** Looks at the processes of this machine, and signals them. */
export interface ProcessTable {
  look(): ProcessLook;
  list(): readonly ProcessEntry[];
  /** `null` if there is no such process any more. */
  find(pid: number): ProcessEntry | null;
  /**
   * Does the process have this text in its environment? False if it may not be looked at; `null` if it shows none at
   * this moment, because it is just becoming another program, or is ending.
   */
  hasInEnvironment(pid: number, text: string): boolean | null;
  /**
   * Has the process no variable at all? One that is just becoming another program has not been given its variables yet, and
   * is none of these, but for the few instructions in which they are counted.
   */
  isWithoutEnvironment(pid: number): boolean;
  /**
   * Sends a signal to a process, or to all of a group at once by its negative number; 0 only asks. False if nobody is
   * there, not even one that has ended and was not taken leave of.
   */
  signal(target: number, signal: NodeJS.Signals | 0): boolean;
}

const send = (target: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(target, signal);
    return true;
  } catch (error) {
    // What is there and not ours to signal is there.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};

/** Fields of /proc/PID/stat after the command, which may itself contain spaces and parentheses (proc(5)). */
const parseStat = (pid: number, stat: string): ProcessEntry | 'ended' => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group, session] = fields;
  if (state === undefined || state === 'Z' || state === 'X') return 'ended';
  // starttime is field 22 of the file; the first one here is field 3.
  return {pid, group: Number(group), session: Number(session), startedAt: Number(fields[19])};
};

/** `null` if it ended while we were looking. */
const readStat = (pid: number): ProcessEntry | 'ended' | null => {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
};

/** Where the variables of a process begin and end in its memory: fields 50 and 51. Zero until they are there. */
const environmentOf = (pid: number): readonly [start: number, end: number] => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [Number(fields[47]), Number(fields[48])];
  } catch {
    return [0, 0];
  }
};

/** The number given to a process or thread last: the fifth field of /proc/loadavg (proc(5)). */
const lastPid = (): number => Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[4]);

/**
 * Reading all processes takes a millisecond or more, and one that starts the next and ends within that is never read.
 * So the number given last is asked for before and after: if it is the same, nobody was started meanwhile; if not, the
 * one who has it is read at once.
 */
const lookAtProc = (): ProcessLook => {
  const before = lastPid();
  const read = readdirSync('/proc').map(Number).filter(Number.isInteger).toReversed().map(readStat);
  const after = lastPid();
  const newest = after === before ? 'ended' : readStat(after);
  const entries = [newest, ...read].filter((entry) => entry !== null && entry !== 'ended');
  return {entries, isComplete: after === before && !read.includes(null)};
};

/** Linux: straight from /proc, a few milliseconds for some hundred processes. */
export const procTable: ProcessTable = {
  look: lookAtProc,
  list: () => lookAtProc().entries,
  find: (pid) => {
    const entry = readStat(pid);
    return entry === 'ended' ? null : entry;
  },
  hasInEnvironment: (pid, text) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`);
      return environment.length === 0 ? null : environment.includes(text);
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      // It has just ended; whether it was one of ours cannot be told any more.
      return code === 'ENOENT' || code === 'ESRCH' ? null : false;
    }
  },
  isWithoutEnvironment: (pid) => {
    const [start, end] = environmentOf(pid);
    return start > 0 && start === end;
  },
  signal: send,
};

/** One line of `ps -o pid=,pgid=,sess=,stat=`. */
export const parsePsLine = (line: string): ProcessEntry | null => {
  const [pid, group, session, state] = line.trim().split(/\s+/u);
  if (pid === undefined || state === undefined || state.startsWith('Z')) return null;
  return {pid: Number(pid), group: Number(group), session: Number(session), startedAt: 0};
};

const ps = (args: readonly string[]): string => {
  try {
    return execFileSync('ps', args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 5_000});
  } catch {
    return '';
  }
};

const PS_COLUMNS = 'pid=,pgid=,sess=,stat=';

/** Everything else that has `ps` (macOS): no start times, and the environment only of one's own processes. */
export const psTable: ProcessTable = {
  look: () => ({entries: psTable.list(), isComplete: true}),
  list: () =>
    ps(['-A', '-o', PS_COLUMNS])
      .split('\n')
      .map(parsePsLine)
      .filter((entry) => entry !== null),
  find: (pid) => parsePsLine(ps(['-o', PS_COLUMNS, '-p', String(pid)])),
  hasInEnvironment: (pid, text) => ps(['-E', '-ww', '-o', 'command=', '-p', String(pid)]).includes(text),
  isWithoutEnvironment: () => false,
  signal: send,
};

export const processTable: ProcessTable = process.platform === 'linux' ? procTable : psTable;
