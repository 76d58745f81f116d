import {fail, ok, type Result} from '../result.ts';
import type {Claim, ClaimFailure, ClaimInput} from './claim.ts';
import {fold} from './fold.ts';
import {claimFailure, refuseSegment, refuseText} from './refuse-text.ts';

export interface ParseOptions {
  /** Absolute path of the repository's root, with `/` separators. Without it, every absolute claim is refused. */
  readonly root?: string;
}

const GLOB_IN_BARE_STRING = /[*?]/u;
const GLOB_CHARACTERS = /[*?[\]{}()]/u;

type Segments = Result<readonly string[], ClaimFailure>;

/** Cuts a path into segments: drops empty and `.` segments, resolves `..` by the text. */
const cut = (raw: string, text: string, refused: {dotdot: boolean}): Segments => {
  const segments: string[] = [];
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      if (refused.dotdot) {
        return fail(
          claimFailure('E_GLOB_DOTDOT', raw, 'contains ".."', 'write the glob from the repository root down'),
        );
      }
      if (segments.pop() === undefined) {
        return fail(
          claimFailure(
            'E_PATH_ESCAPE',
            raw,
            'leaves the repository: it climbs above the root',
            'claims are paths below the repository root',
          ),
        );
      }
      continue;
    }
    segments.push(segment);
  }
  return ok(segments);
};

/** Makes an absolute claim relative to the root, comparing folded segments (never `startsWith` on text). */
const belowRoot = (raw: string, text: string, options: ParseOptions): Result<string, ClaimFailure> => {
  if (!text.startsWith('/')) return ok(text);
  const outside = claimFailure(
    'E_PATH_ESCAPE',
    raw,
    options.root === undefined
      ? 'is absolute, and there is no repository to look from'
      : `is outside the repository ${options.root}`,
    'write it relative to the repository root',
  );
  if (options.root === undefined) return fail(outside);
  const root = cut(raw, options.root, {dotdot: false});
  const path = cut(raw, text, {dotdot: false});
  if (!root.ok || !path.ok) return fail(outside);
  const inside =
    path.value.length >= root.value.length &&
    root.value.every((segment, i) => fold(segment) === fold(path.value[i] ?? ''));
  if (!inside) return fail(outside);
  const rest = path.value.slice(root.value.length).join('/');
  return ok(/\/\.?$/u.test(text) || rest === '' ? `${rest}/` : rest);
};

const keyOf = (raw: string, segments: readonly string[]): Segments => {
  const key: string[] = [];
  for (const segment of segments) {
    const folded = fold(segment);
    const refusal = refuseSegment(raw, segment, folded);
    if (refusal !== null) return fail(refusal);
    key.push(folded);
  }
  return ok(key);
};

const parsePath = (raw: string, options: ParseOptions): Result<Claim, ClaimFailure> => {
  const refusal = refuseText(raw);
  if (refusal !== null) return fail(refusal);
  const relative = belowRoot(raw, raw.replaceAll('\\', '/'), options);
  if (!relative.ok) return relative;
  const segments = cut(raw, relative.value, {dotdot: false});
  if (!segments.ok) return segments;
  const key = keyOf(raw, segments.value);
  if (!key.ok) return key;
  const isDirectory = segments.value.length === 0 || /(^|\/)\.{0,2}$/u.test(relative.value);
  const text = segments.value.join('/');
  return ok({
    kind: isDirectory ? 'directory' : 'path',
    raw,
    text: text === '' ? './' : isDirectory ? `${text}/` : text,
    key: key.value,
  });
};

const parseGlob = (raw: string): Result<Claim, ClaimFailure> => {
  const refusal = refuseText(raw);
  if (refusal !== null) return fail(refusal);
  const text = raw.replaceAll('\\', '/');
  if (text.startsWith('/')) {
    const hint = 'write the glob from the repository root down';
    return fail(claimFailure('E_GLOB_ABSOLUTE', raw, 'is an absolute glob', hint));
  }
  const segments = cut(raw, text, {dotdot: true});
  if (!segments.ok) return segments;
  // A segment with glob characters ends the literal part; a brace may even hold a "/", so nothing after it counts.
  const firstPattern = segments.value.findIndex((segment) => GLOB_CHARACTERS.test(segment));
  // A glob without any pattern still names one exact path, and everything below it if that is a directory.
  const literal = firstPattern === -1 ? segments.value : segments.value.slice(0, firstPattern);
  const key = keyOf(raw, segments.value);
  if (!key.ok) return key;
  return ok({kind: 'glob', raw, text: segments.value.join('/'), key: key.value.slice(0, literal.length)});
};

/**
 * Understands one claim as its author wrote it. A rename claims both ends, so it gives two.
 *
 * What only the file system knows (symlinks, hard links) is not looked at here.
 */
export const parseClaim = (
  input: ClaimInput,
  options: ParseOptions = {},
): Result<readonly Claim[], ClaimFailure> => {
  const one = (result: Result<Claim, ClaimFailure>): Result<readonly Claim[], ClaimFailure> =>
    result.ok ? ok([result.value]) : result;
  // The types say what may come; plans, sockets and JavaScript callers are not held to types.
  const claim: unknown = input;
  if (typeof claim === 'string') {
    return one(GLOB_IN_BARE_STRING.test(claim) ? parseGlob(claim) : parsePath(claim, options));
  }
  if (typeof claim === 'object' && claim !== null) {
    if ('path' in claim) {
      return typeof claim.path === 'string' ? one(parsePath(claim.path, options)) : fail(notText(claim));
    }
    if ('glob' in claim) {
      return typeof claim.glob === 'string' ? one(parseGlob(claim.glob)) : fail(notText(claim));
    }
    if ('rename' in claim && Array.isArray(claim.rename) && claim.rename.length === 2) {
      const ends: readonly unknown[] = claim.rename;
      const claims: Claim[] = [];
      for (const end of ends) {
        if (typeof end !== 'string') return fail(notText(claim));
        const parsed = parsePath(end, options);
        if (!parsed.ok) return parsed;
        claims.push(parsed.value);
      }
      return ok(claims);
    }
  }
  return fail(notText(claim));
};

const notText = (claim: unknown): ClaimFailure =>
  claimFailure(
    'E_PATH_TYPE',
    claim,
    'is not a claim',
    'write a path, {path}, {glob} or {rename: [from, to]}',
  );
