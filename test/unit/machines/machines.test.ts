import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {agentMachine, coordinatorMachine} from '../../../machines/index.ts';
import {drawMachine} from '../../support/machine-drawing.ts';
import {AGENT_EVENTS, COORDINATOR_EVENTS} from '../../support/machine-events.ts';
import {answersTo, mapMachine, statesIn} from '../../support/machine-map.ts';
import {MACHINES_DOCUMENT, machinesDocument} from '../../support/machines-document.ts';

describe.each([
  {name: 'agent', machine: agentMachine, events: AGENT_EVENTS},
  {name: 'coordinator', machine: coordinatorMachine, events: COORDINATOR_EVENTS},
])('the $name machine', ({machine, events}) => {
  const map = mapMachine(machine);
  const leaves = statesIn(map).filter((state) => state.states.length === 0);

  test('says in a sentence what is true in each state', () => {
    const undescribed = statesIn(map).filter(({description}) => description === null);
    expect(undescribed.map(({name}) => name)).toEqual([]);
    for (const {description} of statesIn(map)) expect(description).toMatch(/^[A-Z].*\.$/su);
  });

  test('answers every event in every state', () => {
    const silent = leaves.flatMap((leaf) =>
      [...events, 'no-such-event'].flatMap((event) => {
        const last = answersTo(leaf, event).at(-1);
        const certain = last?.guard === null || last?.guard === 'isNoFailure';
        // What neither moves nor does anything has to say why that is right.
        const idle = last?.target === null && last.actions.length === 0;
        return certain && (!idle || last.why !== null) ? [] : [`${event} in ${leaf.name}`];
      }),
    );
    expect(silent).toEqual([]);
  });

  test('has no delayed transition: it could not be woken after a restart', () => {
    const delayed = statesIn(map).flatMap(({name, answers}) =>
      answers.filter(({event}) => event.startsWith('xstate.after')).map(({event}) => `${event} in ${name}`),
    );
    expect(delayed).toEqual([]);
  });

  test('can reach each of its states', () => {
    const reached = new Set(statesIn(map).flatMap(({answers}) => answers.map(({target}) => target)));
    const unreached = statesIn(map).filter((state) => {
      const isInitial = state.parent === null || state.parent.initial === state;
      return !isInitial && !reached.has(state) && !state.states.some((inner) => reached.has(inner));
    });
    expect(unreached.map(({name}) => name)).toEqual([]);
  });

  test('is drawn with an arrow for each way from one state to another', () => {
    const drawing = drawMachine(map);
    for (const state of statesIn(map).slice(1)) {
      expect(drawing).toContain(`as ${state.name.replaceAll('.', '_')}`);
      for (const {event, target} of state.answers) {
        if (target === null) continue;
        expect(drawing).toMatch(new RegExp(`--> ${target.name.replaceAll('.', '_')} : ${event}`, 'u'));
      }
    }
  });
});

test('docs/internals/machines.md is what `npm run machines` writes', () => {
  expect(readFileSync(MACHINES_DOCUMENT, 'utf8')).toBe(machinesDocument());
});
