import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {DisjointEvent} from '../../src/core/events.ts';
import {brokenInvariants} from '../../src/core/invariants.ts';
import {replay} from '../../src/core/replay.ts';
import {type CoordinatorState, initialState} from '../../src/core/state.ts';
import type {TaskId} from '../../src/core/task.ts';
import {SqliteStore} from '../../src/store/sqlite/sqlite-store.ts';
import {folderWith, resultOf, SHELL_CONFIG, startCli} from './cli.ts';
import {coreSettings} from './core-settings.ts';
import {markOf, processesOf} from './marked-processes.ts';
import {drawFrom} from './random-play.ts';

/** Files that several tasks want, and the agent types that do them. */
const FILES = ['a', 'b', 'c'] as const;
const AGENTS = ['dev', 'ops'] as const;
const TASKS_PER_PLAN = 6;

/** How long agents work (s): some are done before the next run has begun, and some outlive its start. */
const WORK_S = [0, 0.1, 0.3, 1.5] as const;

/** From the first moments of the program to well within the work of its agents. */
const KILLED_WITHIN_MS = 2_000;
/** So much longer with each kill in a row: a slow machine would never come to the end of a task. */
const LONGER_MS = 50;

/**
 * What an agent does with a file: it looks whether another one that is alive has it, takes it, works for a moment and says that it
 * is done. A zombie is dead.
 */
const scriptFor = (file: string, seconds: number): string =>
  [
    `old=$(cat hold-${file} 2>/dev/null)`,
    `if [ -n "$old" ] && grep -qs "State:.[RSDT]" /proc/$old/status && tr "\\0" " " < /proc/$old/cmdline | grep -q hold-${file}`,
    `then echo "$DISJOINT_TASK beside $old" >> together; fi`,
    `echo $$ > hold-${file}`,
    `sleep ${seconds}`,
    'echo $DISJOINT_TASK >> done',
  ]
    .join('; ')
    .replaceAll('; then', '\n then');

const planOf = (round: number, draw: (below: number) => number): string =>
  JSON.stringify({
    tasks: Array.from({length: TASKS_PER_PLAN}, (_, i) => {
      const file = FILES[draw(FILES.length)] ?? 'a';
      return {
        id: `r${round}-${i}`,
        agent: AGENTS[draw(AGENTS.length)],
        files: [`${file}.txt`],
        description: scriptFor(file, WORK_S[draw(WORK_S.length)] ?? 0),
        // Nobody knows how often a task is hit.
        retries: 90,
        ...(i > 0 && draw(3) === 0 && {dependsOn: [`r${round}-${draw(i)}`]}),
      };
    }),
  });

/** The tasks that the program told of as accepted: whoever reads that may rely on it. */
const acceptedIn = (stdout: string): readonly TaskId[] =>
  stdout.split('\n').flatMap((line) => {
    const id = /^\{"type":"task.submitted","submission":"[^"]*","taskId":"([^"]+)"/u.exec(line)?.[1];
    return id === undefined ? [] : [id];
  });

/** What was found by looking at nothing but the journal, the files and the process table. */
export interface KillReport {
  readonly kills: number;
  /** Runs that ended before they were killed. */
  readonly ended: number;
  readonly accepted: number;
  readonly interrupted: number;
  /** Everything that must not be. */
  readonly wrong: readonly string[];
}

/** What is wrong with what the journal tells: tasks that did not end once, or ran beside one another. */
const wrongInJournal = (events: readonly DisjointEvent[], accepted: readonly TaskId[]): readonly string[] => {
  const wrong: string[] = [];
  const ends = new Map<TaskId, string[]>();
  // Each run that begins anew knows nothing of those before it.
  const initial = initialState(coreSettings({dev: {}, ops: {}, reader: {readOnly: true}}), 4);
  let state: CoordinatorState = initial;
  let isGoingOn = false;
  for (const event of events) {
    if (event.type === 'run.continued') isGoingOn = true;
    if (event.type === 'mode.changed' && event.from === 'starting') {
      if (!isGoingOn) state = {...initial, seq: event.seq - 1, fence: event.seq - 1};
      isGoingOn = false;
    }
    state = replay(state, [event]);
    if (event.type === 'attempt.dispatched') wrong.push(...brokenInvariants(state));
    if (event.type === 'task.submitted') {
      if (ends.has(event.taskId)) wrong.push(`${event.taskId} was accepted twice`);
      ends.set(event.taskId, []);
    }
    if (/^task\.(?:succeeded|failed|cancelled|skipped)$/u.test(event.type) && 'taskId' in event)
      ends.get(event.taskId)?.push(event.type);
  }
  for (const [taskId, how] of ends) {
    if (how.join() !== 'task.succeeded') wrong.push(`${taskId} ended so: ${how.join() || 'not at all'}`);
  }
  for (const taskId of accepted) if (!ends.has(taskId)) wrong.push(`${taskId} was accepted, and is lost`);
  return wrong;
};

const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];

/**
 * Starts the built program again and again in one repository and kills it with SIGKILL after some time that is drawn, then lets
 * it come to its end, and looks at what is there.
 */
export const killLoop = async (kills: number, seed: number): Promise<KillReport> => {
  const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
  const draw = drawFrom(seed);
  const accepted = new Set<TaskId>();
  const wrong: string[] = [];
  let [done, ended, round, inARow] = [0, 0, 0, 0];
  const plan = path.join(cwd, 'plan.json');
  const run = async (killAfterMs: number | null): Promise<number | null> => {
    const child = startCli(['run', '--json', 'plan.json'], {cwd, env: markOf(cwd)});
    const result = resultOf(child);
    const timer = killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    const {code, stdout, stderr} = await result;
    if (timer !== null) clearTimeout(timer);
    for (const id of acceptedIn(stdout)) accepted.add(id);
    if (code !== null && code !== 0) wrong.push(`exit code ${code}: ${stderr}`);
    return code;
  };
  writeFileSync(plan, planOf(round, draw));
  while (done < kills && wrong.length === 0) {
    const code = await run(draw(KILLED_WITHIN_MS + inARow * LONGER_MS));
    inARow++;
    if (code === null) done++;
    else {
      ended++;
      inARow = 0;
      writeFileSync(plan, planOf(++round, draw));
    }
  }
  await run(null);
  const store = SqliteStore.open(path.join(cwd, '.disjoint', 'state.db'));
  const events = await store.read(0);
  const open = store.runs().filter(({endedAt}) => endedAt === null);
  await store.close();
  wrong.push(...wrongInJournal(events, [...accepted]));
  wrong.push(...open.map(({epoch}) => `run ${epoch} is still open`));
  wrong.push(...linesOf(path.join(cwd, 'together')));
  const worked = new Set(linesOf(path.join(cwd, 'done')));
  for (const event of events) {
    if (event.type === 'task.succeeded' && !worked.has(event.taskId))
      wrong.push(`${event.taskId} succeeded and did nothing`);
  }
  wrong.push(...processesOf(cwd).map((pid) => `pid ${pid} is left`));
  return {
    kills: done,
    ended,
    accepted: accepted.size,
    interrupted: events.filter(({type}) => type === 'attempt.interrupted').length,
    wrong,
  };
};
