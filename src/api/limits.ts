export {MAX_PARALLEL_LIMIT} from '../core/settings.ts';
