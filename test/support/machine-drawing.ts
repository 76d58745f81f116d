import {type Answer, answersTo, type MappedState, statesIn} from './machine-map.ts';

const idOf = (state: MappedState): string => state.name.replaceAll('.', '_');
const shortName = (state: MappedState): string => state.name.split('.').at(-1) ?? state.name;
const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

const isInside = (state: MappedState, outer: MappedState): boolean =>
  state === outer || (state.parent !== null && isInside(state.parent, outer));

const boxOf = (state: MappedState, indent: string): readonly string[] => {
  if (state.states.length === 0) return [`${indent}state "${shortName(state)}" as ${idOf(state)}`];
  const inner = `${indent}  `;
  return [
    `${indent}state "${shortName(state)}" as ${idOf(state)} {`,
    ...(state.initial === null ? [] : [`${inner}[*] --> ${idOf(state.initial)}`]),
    ...state.states.flatMap((child) => boxOf(child, inner)),
    `${indent}}`,
  ];
};

/** Arrows from a box into itself break Mermaid: each inner state that has no answer of its own gets the arrow. */
const tailsOf = (state: MappedState, {event, target}: Answer): readonly MappedState[] => {
  if (target === null || state.states.length === 0 || !isInside(target, state)) return [state];
  return state.states.filter(
    (child) => child !== target && !child.answers.some((own) => own.event === event && own.guard === null),
  );
};

const arrowsOf = (state: MappedState): readonly string[] => [
  ...state.answers.flatMap((answer) => {
    const {event, guard, target} = answer;
    if (target === null) return [];
    const label = guard === null ? event : `${event} [${guard}]`;
    return tailsOf(state, answer).map((tail) => `  ${idOf(tail)} --> ${idOf(target)} : ${label}`);
  }),
  ...(state.isFinal ? [`  ${idOf(state)} --> [*]`] : []),
];

/** The machine as a Mermaid `stateDiagram-v2`: its states, and the events that lead from one to another. */
export const drawMachine = (machine: MappedState): string =>
  [
    'stateDiagram-v2',
    ...(machine.initial === null ? [] : [`  [*] --> ${idOf(machine.initial)}`]),
    ...machine.states.flatMap((state) => boxOf(state, '  ')),
    ...statesIn(machine).flatMap((state) => arrowsOf(state)),
  ].join('\n');

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** One row per way of answering; events that are answered alike share it. */
const answersTable = (answers: readonly Answer[]): string => {
  const rows = new Map<string, {readonly events: string[]; readonly rest: readonly string[]}>();
  for (const {event, guard, target, actions, why} of answers) {
    const rest = [
      guard === null ? '' : code(guard),
      target === null ? '' : code(target.name),
      codes(actions),
      why ?? '',
    ];
    const key = JSON.stringify(guard === null ? rest : [...rest, event]);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, {events: [event], rest});
    else row.events.push(event);
  }
  return tableOf(
    ['event', 'if', 'goes to', 'does', 'why'],
    [...rows.values()].map(({events, rest}) => [codes(events), ...rest]),
  );
};

const sectionOf = (state: MappedState, heading: string): string =>
  [
    `${heading} ${state.name}`,
    state.description ?? '',
    ...(state.runs.length === 0 ? [] : [`While it is here, it runs ${codes(state.runs)}.`]),
    ...(state.entry.length === 0 ? [] : [`On entry: ${codes(state.entry)}.`]),
    ...(state.answers.length === 0 ? [] : [answersTable(state.answers)]),
  ].join('\n\n');

const outcome = ({event, target, actions}: Answer): string => {
  if (event === '*' || actions.some((action) => action.startsWith('refuse'))) return 'refused';
  if (target !== null) return `→ ${target.name}`;
  return actions.length > 0 ? 'acts' : 'ignored';
};

/** What every state does with every event. */
const overviewOf = (machine: MappedState, events: readonly string[]): string => {
  const leaves = statesIn(machine).filter((state) => state.states.length === 0 && !state.isFinal);
  return tableOf(
    ['', ...leaves.map(({name}) => name)],
    events.map((event) => [
      code(event),
      ...leaves.map((leaf) => [...new Set(answersTo(leaf, event).map(outcome))].join(', else ')),
    ]),
  );
};

/** The chapter on one machine: drawing, overview, and each state with its sentence and its answers. */
export const describeMachine = (machine: MappedState, events: readonly string[]): string =>
  [
    `## ${machine.name}`,
    machine.description ?? '',
    ['```mermaid', drawMachine(machine), '```'].join('\n'),
    '### Every event in every state',
    overviewOf(machine, events),
    '### In all states, unless a state says otherwise',
    answersTable(machine.answers),
    ...statesIn(machine)
      .slice(1)
      .map((state) => sectionOf(state, '###')),
  ].join('\n\n');
