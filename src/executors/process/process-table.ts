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

/** Looks at the processes of this machine. */
export interface ProcessTable {
  list(): readonly ProcessEntry[];
  /** `null` if there is no such process any more. */
  find(pid: number): ProcessEntry | null;
  /**
   * Does the process have this text in its environment? False if it may not be looked at; `null` if it shows none at
   * this moment, because it is just becoming another program, or is ending.
   */
  hasInEnvironment(pid: number, text: string): boolean | null;
}

/** Fields of /proc/PID/stat after the command, which may itself contain spaces and parentheses (proc(5)). */
const parseStat = (pid: number, stat: string): ProcessEntry | null => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group, session] = fields;
  if (state === undefined || state === 'Z' || state === 'X') return null;
  // starttime is field 22 of the file; the first one here is field 3.
  return {pid, group: Number(group), session: Number(session), startedAt: Number(fields[19])};
};

const readStat = (pid: number): ProcessEntry | null => {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // It ended while we were looking.
    return null;
  }
};

/** Linux: straight from /proc, a few milliseconds for some hundred processes. */
export const procTable: ProcessTable = {
  list: () =>
    readdirSync('/proc')
      .map(Number)
      .filter(Number.isInteger)
      .map(readStat)
      .filter((entry) => entry !== null),
  find: readStat,
  hasInEnvironment: (pid, text) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`);
      return environment.length === 0 ? null : environment.includes(text);
    } catch {
      return false;
    }
  },
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
  list: () =>
    ps(['-A', '-o', PS_COLUMNS])
      .split('\n')
      .map(parsePsLine)
      .filter((entry) => entry !== null),
  find: (pid) => parsePsLine(ps(['-o', PS_COLUMNS, '-p', String(pid)])),
  hasInEnvironment: (pid, text) => ps(['-E', '-ww', '-o', 'command=', '-p', String(pid)]).includes(text),
};

export const processTable: ProcessTable = process.platform === 'linux' ? procTable : psTable;
