import {type ActorRefFrom, createActor, fromCallback, type SnapshotFrom, setup} from 'xstate';
import {
  type AgentEvent,
  type AttemptCommand,
  type AttemptInput,
  type AttemptSignal,
  agentMachine,
} from '../../machines/index.ts';
import type {Assignment} from '../../src/core/attempt.ts';
import type {Input} from '../../src/core/inputs.ts';

type AgentRef = ActorRefFrom<typeof agentMachine>;

/** An agent under a parent that writes down what it is told, with an attempt that does nothing by itself. */
export class WatchedAgent {
  /** What it told its parent, in order. */
  readonly reports: Input[] = [];
  /** What it told the actor of its attempt, in order, over all attempts. */
  readonly commands: AttemptCommand['type'][] = [];
  /** With what each actor of an attempt was started. */
  readonly attempts: AttemptInput[] = [];
  /** The failure that reached its parent, if it failed. */
  failure: unknown = null;
  readonly #parent;
  #tellAgent: (signal: AttemptSignal) => void = () => {};
  /** What the actor of the attempt does when it is told something. */
  onCommand: (command: AttemptCommand) => void = () => {};

  constructor() {
    const attempt = fromCallback<AttemptCommand, AttemptInput>(({input, sendBack, receive}) => {
      this.attempts.push(input);
      this.#tellAgent = sendBack;
      receive((command) => {
        this.commands.push(command.type);
        this.onCommand(command);
      });
    });
    const parent = setup({
      types: {events: {} as Input},
      actors: {agent: agentMachine.provide({actors: {attempt}})},
    }).createMachine({
      invoke: {
        id: 'agent',
        src: 'agent',
        input: {agentId: 'dev'},
        onError: {
          actions: ({event}) => {
            this.failure = event.error;
          },
        },
      },
      on: {
        '*': {
          actions: ({event}) => {
            this.reports.push(event);
          },
        },
      },
    });
    this.#parent = createActor(parent).start();
  }

  /** Sends an event to the agent itself. */
  send(event: AgentEvent): void {
    this.#agent.send(event);
  }

  start(assignment: Assignment, at: number): void {
    this.send({type: 'start', at, assignment});
  }

  /** The actor of the attempt tells its agent something. */
  tell(signal: AttemptSignal): void {
    this.#tellAgent(signal);
  }

  /** The state it is in: `busy.stopping.asking`. */
  get state(): string {
    const path = (value: unknown): string =>
      typeof value === 'object' && value !== null
        ? Object.entries(value)
            .map(([name, inner]) => `${name}.${path(inner)}`)
            .join()
        : String(value);
    return path(this.snapshot.value);
  }

  get snapshot(): SnapshotFrom<typeof agentMachine> {
    return this.#agent.getSnapshot();
  }

  stop(): void {
    this.#parent.stop();
  }

  get #agent(): AgentRef {
    const agent = this.#parent.getSnapshot().children['agent'];
    if (agent === undefined) throw new Error('the agent is gone');
    return agent;
  }
}
