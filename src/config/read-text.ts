import {isUtf8} from 'node:buffer';
import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {fail, ok, type Result} from '../core/result.ts';
import {type FileKind, type Problem, problem} from './problem.ts';

const MIB = 1024 * 1024;
/** 10,000 tasks with a page of text each fit; a file beyond that is a mistake. */
const BYTES_MAX: Readonly<Record<FileKind, number>> = {config: MIB, plan: 64 * MIB};

/** True if the bytes are valid UTF-8, apart from a character that is cut off at their end. */
const beginsValid = (bytes: Buffer): boolean => {
  try {
    new TextDecoder('utf-8', {fatal: true}).decode(bytes, {stream: true});
    return true;
  } catch {
    return false;
  }
};

/** How many bytes come before the first that cannot belong to UTF-8 text; -1 if all of them do. */
const invalidUtf8At = (bytes: Buffer): number => {
  if (isUtf8(bytes)) return -1;
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (beginsValid(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
};

const describeOpenError = (kind: FileKind, shown: string, error: NodeJS.ErrnoException): Problem => {
  switch (error.code) {
    case 'ENOENT':
      return problem(
        kind,
        'FILE',
        `there is no file ${shown}`,
        kind === 'config' ? 'check the name, or run "disjoint init"' : 'check the name',
      );
    case 'EACCES':
      return {
        ...problem(kind, 'FILE', `${shown} may not be read`, `allow it: chmod +r ${shown}`),
        code: 'E_PERMISSION',
      };
    default:
      return problem(
        kind,
        'FILE',
        `${shown} cannot be opened (${error.code ?? error.message})`,
        'check the path',
      );
  }
};

/**
 * Reads a file that a user named, as text. Never hangs and never fills the memory: only regular files of a bounded
 * size are read, opened without waiting (a FIFO would block an ordinary open for ever).
 */
export const readText = async (
  kind: FileKind,
  file: string,
  shown: string,
): Promise<Result<string, Problem>> => {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return fail(describeOpenError(kind, shown, error as NodeJS.ErrnoException));
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      const what = stats.isDirectory() ? 'a directory' : 'no regular file';
      return fail(problem(kind, 'FILE', `${shown} is ${what}`, 'name a regular file'));
    }
    if (stats.size > BYTES_MAX[kind]) {
      const limit = `${BYTES_MAX[kind] / MIB} MiB`;
      return fail(problem(kind, 'FILE', `${shown} is larger than ${limit}`, 'split it, or check the name'));
    }
    const bytes = await handle.readFile();
    const at = invalidUtf8At(bytes);
    if (at === -1) return ok(bytes.toString('utf8'));
    const invalid = problem(kind, 'FILE', `${shown} is not valid UTF-8 at byte ${at}`, 'save it as UTF-8');
    return fail({...invalid, code: 'E_ENCODING'});
  } finally {
    await handle.close();
  }
};
