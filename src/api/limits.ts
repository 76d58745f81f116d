export {POLICIES} from '../core/policy.ts';
export {MAX_PARALLEL_LIMIT} from '../core/settings.ts';
export {TASK_STATES} from '../core/task.ts';
