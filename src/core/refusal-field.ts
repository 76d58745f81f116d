import type {Refusal} from './refusals.ts';
import {unreachable} from './unreachable.ts';

/** Which option of the task, agent type or orchestrator has to be changed; `null` if it is not one of them. */
export const fieldOf = (refusal: Refusal): string | null => {
  switch (refusal.code) {
    case 'E_TASK_SHAPE':
    case 'E_NUMBER_RANGE':
    case 'E_AGENT_OPTION':
      return refusal.field;
    case 'E_TASK_ID':
    case 'E_TASK_DUPLICATE':
      return 'id';
    case 'E_AGENT_NAME':
    case 'E_AGENT_UNKNOWN':
      return 'agentType';
    case 'E_CLAIM':
    case 'E_CLAIM_EMPTY':
    case 'E_READ_ONLY':
    case 'E_OWNERSHIP':
      return 'files';
    case 'E_SENSITIVE':
      return 'sensitive';
    case 'E_DEP_UNKNOWN':
    case 'E_DEP_CYCLE':
      return 'dependsOn';
    case 'E_COMMAND_MISSING':
    case 'E_COMMAND_SHAPE':
      return 'command';
    case 'E_TEXT_TOO_LARGE':
      return 'description';
    case 'E_LIMIT_RANGE':
      return 'maxParallel';
    case 'E_TAG_UNKNOWN':
    case 'E_TAGS_LIMITED':
      return 'limits';
    case 'E_AGENT_DUPLICATE':
      return 'agents';
    case 'E_PRESET_UNKNOWN':
      return 'use';
    case 'E_ENV_FORBIDDEN':
      return 'env';
    case 'E_OWNS':
    case 'E_OWNS_OVERLAP':
      return 'owns';
    case 'E_COMPANIONS':
      return 'companions';
    case 'E_TASK_KEY':
      return 'key';
    case 'E_TASK_NOT_RETRIABLE':
    case 'E_RETRY_DEPENDENCY':
    case 'E_TASK_UNKNOWN':
    case 'E_TASK_FINISHED':
    case 'E_NOT_ACCEPTING':
    case 'E_STALE_FENCE':
    case 'E_NOT_NOW':
    case 'E_UNKNOWN_INPUT':
      return null;
    default:
      return unreachable(refusal);
  }
};
