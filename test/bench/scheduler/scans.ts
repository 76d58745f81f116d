import {castDraft, enableArrayMethods, produce} from 'immer';
import {assign, createActor, setup} from 'xstate';
import {type BenchTask, conflicting, type Scheduler} from './bench-task.ts';

enableArrayMethods();

interface Lists {
  queue: BenchTask[];
  running: BenchTask[];
}

/** Starts whatever may start, by a look at each queued task: the rules, and nothing more. */
const scan = ({queue, running}: Lists, limit: number): string[] => {
  const started: string[] = [];
  for (let i = 0; i < queue.length && running.length < limit; ) {
    const task = queue[i];
    if (task === undefined || running.some((other) => conflicting(other, task))) i++;
    else {
      queue.splice(i, 1);
      running.push(task);
      started.push(task.id);
    }
  }
  return started;
};

const take = ({running}: Lists, id: string): void => {
  const at = running.findIndex((task) => task.id === id);
  if (at !== -1) running.splice(at, 1);
};

/** Two arrays that are changed in place: what a first version would do. */
export const mutableScan = (limit: number): Scheduler => {
  const lists: Lists = {queue: [], running: []};
  return {
    submit: (tasks) => {
      for (const task of tasks) lists.queue.push(task);
      return scan(lists, limit);
    },
    complete: (id) => {
      take(lists, id);
      return scan(lists, limit);
    },
    close: () => {},
  };
};

type Event =
  | {readonly type: 'submit'; readonly tasks: readonly BenchTask[]}
  | {readonly type: 'complete'; readonly id: string};

/** The same two arrays in the context of an XState machine, changed by immer: immutable without further thought. */
export const immerScan = (limit: number): Scheduler => {
  const machine = setup({
    types: {context: {} as Lists & {started: string[]}, events: {} as Event},
  }).createMachine({
    context: {queue: [], running: [], started: []},
    on: {
      submit: {
        actions: assign(({context, event}) =>
          produce(context, (draft) => {
            for (const task of event.tasks) draft.queue.push(castDraft(task));
            draft.started = scan(draft, limit);
          }),
        ),
      },
      complete: {
        actions: assign(({context, event}) =>
          produce(context, (draft) => {
            take(draft, event.id);
            draft.started = scan(draft, limit);
          }),
        ),
      },
    },
  });
  const actor = createActor(machine).start();
  const send = (event: Event): readonly string[] => {
    actor.send(event);
    return actor.getSnapshot().context.started;
  };
  return {
    submit: (tasks) => send({type: 'submit', tasks}),
    complete: (id) => send({type: 'complete', id}),
    close: () => actor.stop(),
  };
};
