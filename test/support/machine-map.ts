import type {AnyStateMachine, AnyStateNode, AnyTransitionDefinition} from 'xstate';

/** One thing a state does with an event. */
export interface Answer {
  readonly event: string;
  /** It answers only if this holds; `null`: always. */
  readonly guard: string | null;
  /** Where it goes; `null`: it stays. */
  readonly target: MappedState | null;
  readonly actions: readonly string[];
  readonly why: string | null;
}

/** A state and all that is inside it, as the definition has it. */
export interface MappedState {
  /** `busy.stopping`; the machine's own name for the outermost one. */
  readonly name: string;
  readonly description: string | null;
  readonly parent: MappedState | null;
  readonly isFinal: boolean;
  readonly initial: MappedState | null;
  /** What runs while it is in this state. */
  readonly runs: readonly string[];
  readonly entry: readonly string[];
  readonly answers: readonly Answer[];
  readonly states: readonly MappedState[];
}

type Mutable<T> = {-readonly [K in keyof T]: T[K]};

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** `enterRung(askMs)` for an action or guard with fixed parameters, else its name. */
const nameOf = (called: unknown): string => {
  if (typeof called === 'string') return called;
  if (typeof called === 'function') return called.name;
  const {type, params} = called as {readonly type: string; readonly params?: unknown};
  if (typeof params !== 'object' || params === null) return type;
  return `${type}(${Object.values(params).map(valueText).join(', ')})`;
};

const transitionsOf = (node: AnyStateNode): readonly AnyTransitionDefinition[] => [
  ...(node.always ?? []),
  ...[...node.transitions.values()].flat(),
];

/**
 * Reads a machine's definition: its states with what each does on entry, runs, and answers to which event. XState's
 * own graphs leave out `always`, descriptions and the initial states.
 */
export const mapMachine = (machine: AnyStateMachine): MappedState => {
  const mapped = new Map<string, Mutable<MappedState>>();
  const place = (node: AnyStateNode, parent: MappedState | null): MappedState => {
    const state: Mutable<MappedState> = {
      name: node.path.length === 0 ? node.key : node.path.join('.'),
      description: node.description ?? null,
      parent,
      isFinal: node.type === 'final',
      initial: null,
      runs: node.invoke.map(({src}) => nameOf(src)),
      entry: node.entry.map(nameOf),
      answers: [],
      states: [],
    };
    mapped.set(node.id, state);
    state.states = Object.values(node.states).map((child) => place(child, state));
    return state;
  };
  const find = (node: AnyStateNode | undefined): MappedState | null => (node && mapped.get(node.id)) ?? null;
  const connect = (node: AnyStateNode): void => {
    const state = mapped.get(node.id);
    if (state === undefined) throw new Error(`Internal error: no state has the id ${node.id}`);
    state.initial = find(node.initial?.target[0]);
    state.answers = transitionsOf(node).map(({eventType, guard, target, actions, description}) => ({
      event: eventType === '' ? 'always' : valueText(eventType),
      guard: guard === undefined ? null : nameOf(guard),
      target: find(target?.[0]),
      actions: actions.map(nameOf),
      why: description ?? null,
    }));
    for (const child of Object.values(node.states)) connect(child);
  };
  const root = place(machine.root, null);
  connect(machine.root);
  return root;
};

/** The state and all states in it, outermost first. */
export const statesIn = (state: MappedState): readonly MappedState[] => [
  state,
  ...state.states.flatMap((child) => statesIn(child)),
];

const takes = (pattern: string, event: string): boolean =>
  pattern === event || (pattern.endsWith('*') && event.startsWith(pattern.slice(0, -1)));

/**
 * What happens to an event in a state: the answers that may be given, in the order in which they are tried, to the
 * first that is certain. If the last one has a guard, the event may be dropped without a trace.
 */
export const answersTo = (state: MappedState, event: string): readonly Answer[] => {
  const tried: Answer[] = [];
  for (let at: MappedState | null = state; at !== null; at = at.parent) {
    // The most exact pattern first, as XState does it.
    const matching = at.answers
      .filter((answer) => takes(answer.event, event))
      .toSorted((a, b) => b.event.length - a.event.length);
    for (const answer of matching) {
      tried.push(answer);
      if (answer.guard === null) return tried;
    }
  }
  return tried;
};
