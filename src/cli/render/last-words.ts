import type {DisjointEvent} from '../../index.ts';
import {cut, safe} from './text.ts';

const LINES_MAX = 5;
const COLUMNS_MAX = 200;
/** Below the text of an event, which stands behind its time. */
const INDENT = ' '.repeat(9);

/** The last lines that a failed task printed: often they say why, and its log may not have been written. */
export const lastWords = (event: DisjointEvent): readonly string[] =>
  event.type === 'task.failed'
    ? event.failure.tail
        .filter((line) => line.trim() !== '')
        .slice(-LINES_MAX)
        .map((line) => `${INDENT}| ${cut(safe(line), COLUMNS_MAX)}`)
    : [];
