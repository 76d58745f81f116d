import {expect, test} from 'vitest';
import {checkSubmission} from '../../../src/core/accept.ts';
import {resolveAgentTypes} from '../../../src/core/agent-options.ts';
import {describeRefusal} from '../../../src/core/refusals.ts';
import {DEFAULT_SETTINGS} from '../../../src/core/settings.ts';
import {initialState} from '../../../src/core/state.ts';

const check = (agent: object, description: string, files: readonly string[]) => {
  const agentTypes = resolveAgentTypes(new Map([['dev', agent]]), {root: null, presets: ['claude']});
  if (!agentTypes.ok) throw new Error(agentTypes.failure.code);
  const state = initialState({...DEFAULT_SETTINGS, agentTypes: agentTypes.value}, 1);
  return checkSubmission(state, [{id: 'a', agentType: 'dev', description, files}]);
};
const FILES = Array.from({length: 1_000}, (_, i) => `src/folder/file-${i}.ts`);

test('a preset tells its claims in the prompt, so both together have to fit into one argument', () => {
  const checked = check({use: 'claude'}, 'x'.repeat(90_000), FILES);
  expect(checked.ok ? null : describeRefusal(checked.failure)).toEqual({
    code: 'E_TEXT_TOO_LARGE',
    message: 'the description and claims of task a have 114890 bytes; 100000 are allowed',
    hint: 'claim folders instead of single files, or split the task',
  });
});

test('a command is not told its claims in the prompt', () => {
  expect(check({command: ['x', '{prompt}']}, 'x'.repeat(90_000), FILES).ok).toBe(true);
});
