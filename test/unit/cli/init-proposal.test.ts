import {expect, test} from 'vitest';
import {proposeAgents} from '../../../src/cli/init/propose.ts';

test('init gives the rules of who may write what to nobody', () => {
  const agents = proposeAgents(['src', 'docs'], ['disjoint.yaml', 'package.json']);
  expect(agents.flatMap(({owns}) => owns)).toEqual(['src/**', 'package.json', 'docs/**']);
});
