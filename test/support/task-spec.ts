import {NO_RETRY} from '../../src/core/retry.ts';
import type {TaskSpec} from '../../src/core/task.ts';

/** A checked task that claims nothing, as a submission would have made it. */
export const taskSpec = (changes: Partial<TaskSpec> = {}): TaskSpec => ({
  id: 't1',
  agentType: 'dev',
  description: '',
  writes: [],
  reads: [],
  sensitive: false,
  priority: 0,
  dependsOn: [],
  estimateMs: null,
  timeoutMs: null,
  quietTimeoutMs: null,
  retry: NO_RETRY,
  work: {kind: 'function'},
  ...changes,
});
