import {fail, ok, type Result} from '../result.ts';
import type {ClaimFailure} from './claim.ts';
import {fold} from './fold.ts';
import {claimFailure} from './refuse-text.ts';

type Segments = Result<readonly string[], ClaimFailure>;

export const isAbsolute = (path: string): boolean => path.startsWith('/');

/** Cuts a path into segments: drops empty and `.` segments, and resolves `..` by the text or refuses it. */
export const cut = (raw: string, path: string, dotdot: 'resolve' | 'refuse'): Segments => {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') {
      segments.push(segment);
      continue;
    }
    if (dotdot === 'refuse') {
      const hint = 'write the glob from the repository root down';
      return fail(claimFailure('E_GLOB_DOTDOT', raw, 'contains ".."', hint));
    }
    if (segments.pop() === undefined) {
      const problem = 'leaves the repository: it climbs above the root';
      return fail(claimFailure('E_PATH_ESCAPE', raw, problem, 'claims are paths below the repository root'));
    }
  }
  return ok(segments);
};

/** Why an absolute path is refused that is not below the root. */
export const outsideRoot = (raw: string, root: string | undefined): ClaimFailure => {
  const problem =
    root === undefined
      ? 'is absolute, and there is no repository to look from'
      : `is outside the repository ${root}`;
  return claimFailure('E_PATH_ESCAPE', raw, problem, 'write it relative to the repository root');
};

/** The segments of a path below the root, by its text. Compares folded segments, never `startsWith` on text. */
export const withoutRoot = (raw: string, path: string, root: string | undefined): Segments => {
  if (!isAbsolute(path)) return cut(raw, path, 'resolve');
  const outside = outsideRoot(raw, root);
  if (root === undefined) return fail(outside);
  const above = cut(raw, root, 'resolve');
  const all = cut(raw, path, 'resolve');
  if (!above.ok || !all.ok) return fail(outside);
  const isInside =
    all.value.length >= above.value.length &&
    above.value.every((segment, i) => fold(segment) === fold(all.value[i] ?? ''));
  return isInside ? ok(all.value.slice(above.value.length)) : fail(outside);
};
