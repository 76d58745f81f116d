import {refuseInexact} from '../../src/core/agent-options.ts';
import type {ClaimErrorCode} from '../../src/core/claim/claim.ts';
import type {Look} from '../../src/core/claim/look.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {type Described, describeRefusal, type Refusal} from '../../src/core/refusals.ts';

type Samples = {readonly [C in Refusal['code']]: Omit<Extract<Refusal, {code: C}>, 'code'>};

const about = {taskId: 'TASK', agentType: 'AGENT'};
const failure = {
  code: 'E_PATH_EMPTY',
  claim: '',
  message: 'claim "" is empty',
  hint: 'name a path below the repository root; "./" is all of it',
} as const;

/** One of each refusal, with names that say what stands there. A new code breaks the build here. */
const REFUSALS: Samples = {
  E_TASK_SHAPE: {taskId: 'TASK', field: 'files', expected: 'a list of claims'},
  E_TASK_ID: {taskId: 'a b'},
  E_TASK_DUPLICATE: {taskId: 'TASK'},
  E_TASK_KEY: {taskId: 'TASK', key: 'KEY', holder: 'OTHER'},
  E_TASK_NOT_RETRIABLE: {taskId: 'TASK', state: 'running'},
  E_RETRY_DEPENDENCY: {taskId: 'TASK', dependency: 'OTHER', state: 'failed'},
  E_TASK_UNKNOWN: {taskId: 'TASK'},
  E_TASK_FINISHED: {taskId: 'TASK', state: 'succeeded'},
  E_AGENT_NAME: {agentType: 'My Agent'},
  E_AGENT_UNKNOWN: {agentType: 'AGENT', known: ['code_developer', 'assistant']},
  E_CLAIM: {taskId: 'TASK', failure},
  E_CLAIM_EMPTY: about,
  E_READ_ONLY: {...about, path: 'PATH'},
  E_OWNERSHIP: {...about, path: 'PATH', owner: 'OWNER', inPart: false},
  E_DEP_UNKNOWN: {taskId: 'TASK', dependency: 'OTHER'},
  E_DEP_CYCLE: {cycle: ['a', 'b', 'a']},
  E_COMMAND_MISSING: about,
  E_TEXT_TOO_LARGE: {taskId: 'TASK', what: 'description', bytes: 120_000, bytesMax: 100_000},
  E_NUMBER_RANGE: {taskId: 'TASK', field: 'priority', allowed: '-1000..1000, integer'},
  E_LIMIT_RANGE: {allowed: '1..256, integer'},
  E_TAG_UNKNOWN: {tag: 'TAG', known: ['model-api']},
  E_TAGS_LIMITED: {agentType: 'AGENT', tags: ['TAG', 'OTHER']},
  E_AGENT_DUPLICATE: {names: ['ONE', 'OTHER']},
  E_AGENT_OPTION: {agentType: 'AGENT', field: 'instances', allowed: '1..256, integer'},
  E_COMMAND_SHAPE: {agentType: 'AGENT'},
  E_PRESET_UNKNOWN: {agentType: 'AGENT', preset: 'NAME', known: ['claude', 'codex', 'gemini', 'opencode']},
  E_ENV_FORBIDDEN: {agentType: 'AGENT', name: 'NODE_OPTIONS'},
  E_OWNS: {agentType: 'AGENT', failure},
  E_SENSITIVE: {taskId: 'TASK', path: '.github/workflows/ci.yml', sensitive: '.github/'},
  E_OWNS_OVERLAP: {
    agentTypes: ['AGENT', 'OTHER'],
    claims: ['src/**', '**/*.ts'],
    example: 'src/x.ts',
  },
  E_COMPANIONS: {entry: 'a/b', problem: 'must be the name of a file, without a folder'},
  E_NOT_ACCEPTING: {mode: 'draining'},
  E_STALE_FENCE: {fence: 7},
  E_NOT_NOW: {detail: 'task TASK is being cancelled already'},
  E_UNKNOWN_INPUT: {input: 'INPUT'},
};

/** A claim that is refused with the code, one for each. */
const CLAIMS: Readonly<Record<ClaimErrorCode, unknown>> = {
  E_PATH_TYPE: 12,
  E_PATH_EMPTY: '',
  E_PATH_TOOLONG: `${'a'.repeat(20)}/`.repeat(200),
  E_PATH_CONTROL: 'a\u0007b',
  E_PATH_BIDI: 'a\u202Eb',
  E_PATH_SURROGATE: 'a\uD800',
  E_PATH_TILDE: '~/notes',
  E_PATH_SCHEME: 'https://example.org/a',
  E_PATH_NEGATION: '!src/a.ts',
  E_PATH_UNC: '//server/share',
  E_PATH_DRIVE: 'c:/a',
  E_PATH_COLON: 'src/a:b',
  E_PATH_CONFUSABLE: 'src\uFF0Fa',
  E_PATH_RESERVED: 'src/aux.c',
  E_PATH_SHORTNAME: 'PROGRA~1/a',
  E_PATH_ESCAPE: '../a',
  E_PATH_GITDIR: '.git/config',
  E_PATH_STATE: '.disjoint/runs',
  E_PATH_LOOP: 'links/a',
  E_PATH_DENIED: 'secret/a',
  E_GLOB_DOTDOT: 'src/../*.ts',
  E_GLOB_ABSOLUTE: '/src/*.ts',
  E_GLOB_INEXACT: 'src/{1..9}.ts',
};

/** What was seen on the disk, for the claims that are refused for that. */
const LOOKS: Readonly<Record<string, Look>> = {
  'links/a': {kind: 'loop'},
  'secret/a': {kind: 'denied', at: '/home/you/shop/secret'},
};

const ofClaim = (code: string, claim: unknown): Described => {
  // A task may claim it; an agent type may not own it.
  if (code === 'E_GLOB_INEXACT') return refuseInexact(String(claim));
  const parsed = parseClaim(claim as string, {look: (path) => LOOKS[path]});
  if (parsed.ok) throw new Error(`the sample for ${code} is a good claim`);
  return parsed.failure;
};

/** Every refusal as users read it, with the code it is filed under. */
export const refusalSamples = (): readonly (readonly [code: string, described: Described])[] => [
  ...Object.entries(REFUSALS).map(
    ([code, fields]) => [code, describeRefusal({code, ...fields} as Refusal)] as const,
  ),
  ...Object.entries(CLAIMS).map(([code, claim]) => [code, ofClaim(code, claim)] as const),
];
