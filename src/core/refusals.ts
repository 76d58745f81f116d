import type {AgentTypeName} from './agent-type.ts';
import type {ClaimFailure} from './claim/claim.ts';
import type {TaskId} from './task.ts';
import {unreachable} from './unreachable.ts';

/** Why a command or report was not followed. Data only; the words are composed in `describeRefusal`. */
export type Refusal =
  | {
      readonly code: 'E_TASK_SHAPE';
      readonly taskId: string;
      readonly field: string;
      readonly expected: string;
    }
  | {readonly code: 'E_TASK_ID'; readonly taskId: string}
  | {readonly code: 'E_TASK_DUPLICATE'; readonly taskId: TaskId}
  | {readonly code: 'E_TASK_KEY'; readonly taskId: TaskId; readonly key: string; readonly holder: TaskId}
  | {readonly code: 'E_TASK_NOT_RETRIABLE'; readonly taskId: TaskId; readonly state: string}
  | {
      readonly code: 'E_RETRY_DEPENDENCY';
      readonly taskId: TaskId;
      readonly dependency: TaskId;
      readonly state: string;
    }
  | {readonly code: 'E_TASK_UNKNOWN'; readonly taskId: TaskId}
  | {readonly code: 'E_TASK_FINISHED'; readonly taskId: TaskId; readonly state: string}
  | {readonly code: 'E_AGENT_NAME'; readonly agentType: string}
  | {readonly code: 'E_AGENT_UNKNOWN'; readonly agentType: string; readonly known: readonly AgentTypeName[]}
  | {readonly code: 'E_CLAIM'; readonly taskId: TaskId; readonly failure: ClaimFailure}
  | {readonly code: 'E_CLAIM_EMPTY'; readonly taskId: TaskId; readonly agentType: AgentTypeName}
  | {
      readonly code: 'E_READ_ONLY';
      readonly taskId: TaskId;
      readonly agentType: AgentTypeName;
      readonly path: string;
    }
  | {
      readonly code: 'E_OWNERSHIP';
      readonly taskId: TaskId;
      readonly agentType: AgentTypeName;
      readonly path: string;
      readonly owner: AgentTypeName | null;
      /** The agent type owns some of it, and not all. */
      readonly inPart: boolean;
    }
  | {
      readonly code: 'E_SENSITIVE';
      readonly taskId: TaskId;
      readonly path: string;
      /** Which of the sensitive paths it is, or lies in. */
      readonly sensitive: string;
    }
  | {readonly code: 'E_DEP_UNKNOWN'; readonly taskId: TaskId; readonly dependency: TaskId}
  | {readonly code: 'E_DEP_CYCLE'; readonly cycle: readonly TaskId[]}
  | {readonly code: 'E_COMMAND_MISSING'; readonly taskId: TaskId; readonly agentType: AgentTypeName}
  | {
      readonly code: 'E_TEXT_TOO_LARGE';
      readonly taskId: TaskId;
      readonly what: 'description' | 'description and claims';
      readonly bytes: number;
      readonly bytesMax: number;
    }
  | {
      readonly code: 'E_NUMBER_RANGE';
      readonly taskId: TaskId;
      readonly field: string;
      readonly allowed: string;
    }
  | {readonly code: 'E_LIMIT_RANGE'; readonly allowed: string}
  | {readonly code: 'E_TAG_UNKNOWN'; readonly tag: string; readonly known: readonly string[]}
  | {readonly code: 'E_TAGS_LIMITED'; readonly agentType: string; readonly tags: readonly [string, string]}
  | {readonly code: 'E_AGENT_DUPLICATE'; readonly names: readonly [string, string]}
  | {
      readonly code: 'E_AGENT_OPTION';
      readonly agentType: string;
      readonly field: string;
      readonly allowed: string;
    }
  | {readonly code: 'E_COMMAND_SHAPE'; readonly agentType: string}
  | {
      readonly code: 'E_PRESET_UNKNOWN';
      readonly agentType: string;
      readonly preset: string;
      readonly known: readonly string[];
    }
  | {readonly code: 'E_ENV_FORBIDDEN'; readonly agentType: string; readonly name: string}
  | {readonly code: 'E_OWNS'; readonly agentType: string; readonly failure: ClaimFailure}
  | {
      readonly code: 'E_OWNS_OVERLAP';
      readonly agentTypes: readonly [AgentTypeName, AgentTypeName];
      readonly claims: readonly [string, string];
      /** A path that both own; `null` if none was found in time. */
      readonly example: string | null;
    }
  | {readonly code: 'E_COMPANIONS'; readonly entry: string; readonly problem: string}
  | {readonly code: 'E_NOT_ACCEPTING'; readonly mode: string}
  /** The report or command does not fit the state: a protocol error between our own parts, or a late message. */
  | {readonly code: 'E_STALE_FENCE'; readonly fence: number}
  | {readonly code: 'E_NOT_NOW'; readonly detail: string}
  | {readonly code: 'E_UNKNOWN_INPUT'; readonly input: string};

export interface Described {
  /** The code a user sees; a claim's own code rather than `E_CLAIM`. */
  readonly code: string;
  /** What happened, to what. One sentence without a full stop. */
  readonly message: string;
  /** What the reader can do next. */
  readonly hint: string;
}

/** The one place where refusals get their words. */
export const describeRefusal = (refusal: Refusal): Described => {
  const say = (message: string, hint: string, code: string = refusal.code): Described => ({
    code,
    message,
    hint,
  });
  switch (refusal.code) {
    case 'E_TASK_SHAPE':
      return say(
        `task ${refusal.taskId}: ${refusal.field} must be ${refusal.expected}`,
        'correct it where the task is submitted',
      );
    case 'E_TASK_ID':
      return say(
        `"${refusal.taskId.slice(0, 80)}" is no task id`,
        'use 1 to 64 letters, digits, ".", "_" or "-", beginning with a letter or digit',
      );
    case 'E_TASK_DUPLICATE':
      return say(`there are two tasks with the id ${refusal.taskId}`, 'give each task an id of its own');
    case 'E_TASK_KEY':
      return say(
        `task ${refusal.taskId}: the key "${refusal.key.slice(0, 80)}" is that of task ${refusal.holder}`,
        'give another task another key',
      );
    case 'E_TASK_NOT_RETRIABLE':
      return say(
        `task ${refusal.taskId} is ${refusal.state}, and cannot be retried`,
        'what failed, was cancelled or skipped can be, and what waits for its next attempt',
      );
    case 'E_RETRY_DEPENDENCY':
      return say(
        `task ${refusal.taskId} cannot be retried: its dependency ${refusal.dependency} ${
          refusal.state === 'failed' ? 'failed' : `was ${refusal.state}`
        }`,
        `retry ${refusal.dependency} first`,
      );
    case 'E_TASK_UNKNOWN':
      return say(`there is no task ${refusal.taskId}`, 'look at the status for those there are');
    case 'E_TASK_FINISHED':
      return say(`task ${refusal.taskId} is already done (${refusal.state})`, 'nothing is left to do');
    case 'E_AGENT_NAME':
      return say(
        `"${refusal.agentType.slice(0, 80)}" is no agent type name`,
        'use ^[a-z][a-z0-9_-]{0,63}$, such as code_developer',
      );
    case 'E_AGENT_UNKNOWN':
      return say(
        `no agent type is called ${refusal.agentType}`,
        refusal.known.length === 0 ? 'configure one first' : `known: ${refusal.known.join(', ')}`,
      );
    case 'E_CLAIM':
      return say(
        `task ${refusal.taskId}: ${refusal.failure.message}`,
        refusal.failure.hint,
        refusal.failure.code,
      );
    case 'E_CLAIM_EMPTY':
      return say(
        `task ${refusal.taskId} of agent type ${refusal.agentType} declares no file that it will write`,
        'list its files, or say readOnly: true',
      );
    case 'E_READ_ONLY':
      return say(
        `task ${refusal.taskId} claims ${refusal.path}, but it is read-only (agent type ${refusal.agentType})`,
        'remove its files or its readOnly: true, or give it to an agent type that may write',
      );
    case 'E_OWNERSHIP':
      return say(
        `task ${refusal.taskId}: agent type ${refusal.agentType} may not write ${
          refusal.inPart ? `all of ${refusal.path}, some of which` : `${refusal.path}, which`
        } ${refusal.owner === null ? 'nobody owns' : `${refusal.owner} owns`}`,
        refusal.inPart
          ? `claim only what ${refusal.agentType} owns (a link counts where it lies and where it leads), or change "owns"`
          : refusal.owner === null
            ? `add it to the "owns" of ${refusal.agentType}`
            : `give the task to ${refusal.owner}, or change "owns"`,
      );
    case 'E_SENSITIVE':
      return say(
        `task ${refusal.taskId} claims ${refusal.path}${refusal.path === refusal.sensitive ? '' : ` (${refusal.sensitive})`}, which makes programs run`,
        'if it really has to change that, say sensitive: true on the task (--sensitive with delegate); if not, list the files it changes',
      );
    case 'E_DEP_UNKNOWN':
      return say(
        `task ${refusal.taskId} depends on ${refusal.dependency}, which does not exist`,
        'submit it first, or in the same plan',
      );
    case 'E_DEP_CYCLE':
      return say(
        `the tasks wait for each other: ${refusal.cycle.join(' -> ')}`,
        'remove one of these dependencies',
      );
    case 'E_COMMAND_MISSING':
      return say(
        `task ${refusal.taskId} has nothing to run: agent type ${refusal.agentType} has no command`,
        'set "command" or "use" for the agent type, or give the task a function or a command',
      );
    case 'E_TEXT_TOO_LARGE':
      return say(
        `the ${refusal.what} of task ${refusal.taskId} ${refusal.what === 'description' ? 'has' : 'have'} ${refusal.bytes} bytes; ${refusal.bytesMax} are allowed`,
        refusal.what === 'description'
          ? 'put the text into a file and name the file in the description'
          : 'claim folders instead of single files, or split the task',
      );
    case 'E_NUMBER_RANGE':
      return say(
        `task ${refusal.taskId}: ${refusal.field} is out of range`,
        `allowed: ${refusal.allowed}`,
        'E_NUMBER_RANGE',
      );
    case 'E_LIMIT_RANGE':
      return say('the limit of parallel tasks is out of range', `allowed: ${refusal.allowed}`);
    case 'E_TAG_UNKNOWN':
      return say(
        `limits: no agent type has the tag ${refusal.tag}`,
        refusal.known.length === 0 ? 'give an agent type "tags"' : `known: ${refusal.known.join(', ')}`,
      );
    case 'E_TAGS_LIMITED':
      return say(
        `agent type ${refusal.agentType} has two tags with a limit, ${refusal.tags[0]} and ${refusal.tags[1]}`,
        'leave out one of the limits, or one of the tags',
      );
    case 'E_AGENT_DUPLICATE':
      return say(
        `the agent types ${refusal.names[0]} and ${refusal.names[1]} are one name on many file systems`,
        'rename one of them',
      );
    case 'E_AGENT_OPTION':
      return say(
        `agent type ${refusal.agentType}: ${refusal.field} is not valid`,
        `allowed: ${refusal.allowed}`,
      );
    case 'E_COMMAND_SHAPE':
      return say(
        `agent type ${refusal.agentType}: "command" must be a list with the program first`,
        'write [claude, -p, "{prompt}"]; nothing is passed through a shell',
      );
    case 'E_PRESET_UNKNOWN':
      return say(
        `agent type ${refusal.agentType}: no preset is called ${refusal.preset}`,
        `known: ${refusal.known.join(', ')}`,
      );
    case 'E_ENV_FORBIDDEN':
      return say(
        `agent type ${refusal.agentType}: ${refusal.name} may not be passed to an agent`,
        'it changes what programs load before they run: remove it from "env"',
      );
    case 'E_OWNS':
      return say(
        `agent type ${refusal.agentType}: "owns": ${refusal.failure.message}`,
        refusal.failure.hint,
        refusal.failure.code,
      );
    case 'E_OWNS_OVERLAP': {
      const [first, second] = refusal.agentTypes;
      const [ours, theirs] = refusal.claims;
      const both = ours === theirs ? `both own ${ours}` : `own ${ours} and ${theirs}`;
      return say(
        `the agent types ${first} and ${second} ${both}${refusal.example === null ? '' : `, and so both ${refusal.example}`}`,
        'give each file one owner, or say sharedOwnership: true',
      );
    }
    case 'E_COMPANIONS':
      return say(
        `companions: "${refusal.entry.slice(0, 80)}" ${refusal.problem}`,
        'write a file name and a list of names, such as {package.json: [pnpm-lock.yaml]}',
      );
    case 'E_NOT_ACCEPTING':
      return say(`no tasks are accepted any more (${refusal.mode})`, 'start a new orchestrator');
    case 'E_STALE_FENCE':
      return say(`a report with the old fence ${refusal.fence} came in`, 'nothing to do: it was ignored');
    case 'E_NOT_NOW':
      return say(refusal.detail, 'nothing to do: it was ignored');
    case 'E_UNKNOWN_INPUT':
      return say(
        `"${refusal.input.slice(0, 80)}" is no command and no report`,
        'nothing to do: it was ignored',
      );
    default:
      return unreachable(refusal);
  }
};
