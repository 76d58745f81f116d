import {type AgentOptions, resolveAgentTypes} from '../../src/core/agent-options.ts';
import {PORTABLE} from '../../src/core/claim/fold.ts';
import type {AttemptExit, ExitReason} from '../../src/core/failures.ts';
import {DEFAULT_THRESHOLDS} from '../../src/core/resources.ts';
import {
  DEFAULT_AGING_MS,
  DEFAULT_LOOKAHEAD,
  DEFAULT_OVERTAKES_MAX,
  type Settings,
} from '../../src/core/settings.ts';

/** Settings as a configuration would give them. */
export const coreSettings = (
  agents: Readonly<Record<string, AgentOptions>>,
  options: Partial<Omit<Settings, 'agentTypes'>> = {},
): Settings => {
  const resolved = resolveAgentTypes(new Map(Object.entries(agents)), {
    root: options.root ?? null,
    presets: [],
  });
  if (!resolved.ok) throw new Error(`these agent types are refused: ${resolved.failure.code}`);
  return {
    agentTypes: resolved.value,
    policy: 'fair',
    overtakesMax: DEFAULT_OVERTAKES_MAX,
    lookahead: DEFAULT_LOOKAHEAD,
    agingMs: DEFAULT_AGING_MS,
    root: null,
    rules: PORTABLE,
    companions: [],
    limits: new Map(),
    resources: DEFAULT_THRESHOLDS,
    ...options,
  };
};

/** What an executor reports of an attempt that ended in this way. */
const exitBy = (how: ExitReason): AttemptExit => ({
  how,
  durationMs: 5,
  logPath: null,
  tail: [],
  changed: null,
});

export const RETURNED: AttemptExit = exitBy({kind: 'returned', value: 'done'});
export const THREW: AttemptExit = exitBy({kind: 'threw', message: 'no', error: 'no'});
export const EXITED_BADLY: AttemptExit = exitBy({
  kind: 'exited',
  code: 3,
  result: {kind: 'not-expected'},
});
/** As a function says it that knows when to come back. */
export const RATE_LIMITED: AttemptExit = exitBy({
  kind: 'threw',
  message: 'slow down',
  error: {retryAfterMs: 20},
});
export const KILLED: AttemptExit = exitBy({kind: 'signalled', signal: 'SIGKILL'});
