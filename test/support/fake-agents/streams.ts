/** The event streams of the agent CLIs, as they print them: a whole one that ends well, and its last event alone. */
export interface EventStream {
  /** Everything before the event that says how it ended. */
  readonly work: readonly string[];
  readonly success: string;
  /** What stands in place of `success` when the CLI itself reports failure. */
  readonly failure: string;
  /** What `failure` says. */
  readonly failureText: string;
  /** What the work says last. */
  readonly lastWords: string;
}

const lines = (...events: readonly object[]): readonly string[] =>
  events.map((event) => JSON.stringify(event));

const claude: EventStream = {
  work: lines(
    {
      type: 'system',
      subtype: 'init',
      cwd: '/repo',
      session_id: '5f0c',
      tools: ['Edit', 'Read', 'Write'],
      model: 'some-model',
      permissionMode: 'dontAsk',
    },
    {
      type: 'assistant',
      message: {id: 'm1', role: 'assistant', content: [{type: 'text', text: 'I will write\nthe file.'}]},
      session_id: '5f0c',
    },
    {
      type: 'assistant',
      message: {
        id: 'm2',
        role: 'assistant',
        content: [
          {type: 'tool_use', id: 't1', name: 'Write', input: {file_path: '/repo/a.ts', content: 'x'}},
        ],
      },
      session_id: '5f0c',
    },
    {
      type: 'user',
      message: {role: 'user', content: [{tool_use_id: 't1', type: 'tool_result', content: 'File created'}]},
      session_id: '5f0c',
    },
  ),
  success: JSON.stringify({
    type: 'result',
    subtype: 'success',
    is_error: false,
    duration_ms: 1100,
    num_turns: 2,
    result: 'All done.',
    session_id: '5f0c',
    total_cost_usd: 0.01,
    permission_denials: [],
  }),
  failure: JSON.stringify({
    type: 'result',
    subtype: 'error_during_execution',
    is_error: true,
    num_turns: 1,
    session_id: '5f0c',
    permission_denials: [],
  }),
  failureText: 'error_during_execution',
  lastWords: 'All done.',
};

const codex: EventStream = {
  work: lines(
    {type: 'thread.started', thread_id: '0199'},
    {type: 'turn.started'},
    {type: 'item.completed', item: {id: 'item_0', type: 'reasoning', text: '**Planning**'}},
    // A lost connection that was found again is told as an error too.
    {type: 'error', message: 'Reconnecting... 1/5'},
    {
      type: 'item.completed',
      item: {
        id: 'item_1',
        type: 'file_change',
        changes: [{path: '/repo/a.ts', kind: 'add'}],
        status: 'completed',
      },
    },
    {type: 'item.completed', item: {id: 'item_2', type: 'agent_message', text: 'All done.'}},
  ),
  success: JSON.stringify({
    type: 'turn.completed',
    usage: {input_tokens: 1, cached_input_tokens: 0, output_tokens: 1},
  }),
  failure: JSON.stringify({type: 'turn.failed', error: {message: 'stream disconnected'}}),
  failureText: 'stream disconnected',
  lastWords: 'All done.',
};

const gemini: EventStream = {
  work: lines(
    {type: 'init', timestamp: '2026-01-01T00:00:00.000Z', session_id: '1', model: 'some-model'},
    {type: 'message', role: 'user', content: 'You are one of several agents'},
    {type: 'tool_use', tool_name: 'write_file', tool_id: 'w1', parameters: {file_path: '/repo/a.ts'}},
    {type: 'tool_result', tool_id: 'w1', status: 'success', output: ''},
    {type: 'message', role: 'assistant', content: 'All ', delta: true},
    {type: 'message', role: 'assistant', content: 'done.', delta: true},
  ),
  success: JSON.stringify({type: 'result', status: 'success', stats: {total_tokens: 2, tool_calls: 1}}),
  failure: JSON.stringify({
    type: 'result',
    status: 'error',
    error: {type: 'FatalTurnLimitedError', message: 'reached the turn limit'},
  }),
  failureText: 'reached the turn limit',
  lastWords: 'All done.',
};

const opencode: EventStream = {
  work: lines(
    {type: 'step_start', timestamp: 1, sessionID: 'ses_1', part: {type: 'step-start'}},
    {
      type: 'tool_use',
      timestamp: 2,
      sessionID: 'ses_1',
      part: {type: 'tool', tool: 'write', state: {status: 'completed'}},
    },
    {
      type: 'step_finish',
      timestamp: 3,
      sessionID: 'ses_1',
      part: {type: 'step-finish', reason: 'tool-calls'},
    },
    {type: 'step_start', timestamp: 4, sessionID: 'ses_1', part: {type: 'step-start'}},
    {type: 'text', timestamp: 5, sessionID: 'ses_1', part: {type: 'text', text: 'All done.'}},
  ),
  success: JSON.stringify({
    type: 'step_finish',
    timestamp: 6,
    sessionID: 'ses_1',
    part: {type: 'step-finish', reason: 'stop', cost: 0, tokens: {input: 1, output: 1}},
  }),
  failure: JSON.stringify({
    type: 'error',
    timestamp: 6,
    sessionID: 'ses_1',
    error: {name: 'APIError', data: {message: 'Invalid API key'}},
  }),
  failureText: 'Invalid API key',
  lastWords: 'All done.',
};

export const EVENT_STREAMS = {claude, codex, gemini, opencode} as const;
