import {fail, ok, type Result} from '../result.ts';
import type {Claim, ClaimFailure, Form} from './claim.ts';
import {cut, isAbsolute} from './cut.ts';
import {PORTABLE} from './fold.ts';
import {formIn} from './forms.ts';
import {globForms, globSegments} from './glob-forms.ts';
import type {Syntax} from './glob-segment.ts';
import type {ParseOptions} from './parse-options.ts';
import {parsePath, textOf} from './parse-path.ts';
import {claimFailure, refuseText} from './refuse-text.ts';

type Parsed<T> = Result<T, ClaimFailure>;

/**
 * The name that a bare string is if its stars are letters: a pattern stands for a file of that name anyway, but only the disk
 * tells that it is a folder, a link, or a file with several names.
 */
const literalForms = (raw: string, path: string, options: ParseOptions): Parsed<readonly Form[]> => {
  const segments = cut(raw, path, 'refuse');
  const seen = segments.ok ? options.look?.(segments.value.join('/')) : undefined;
  if (seen === undefined || !segments.ok) return ok([]);
  const isNothing =
    seen.kind === 'inside' &&
    !seen.exists &&
    seen.segments.length === segments.value.length &&
    seen.segments.every((segment, i) => segment === segments.value[i]);
  if (isNothing) return ok([]);
  const parsed = parsePath(raw, options);
  return parsed.ok ? ok([parsed.value, ...parsed.value.others].map(formIn)) : parsed;
};

/** Understands a glob. `bare`: it was a bare string, so its brackets are taken as ordinary characters as well. */
export const parseGlob = (raw: string, options: ParseOptions, bare: boolean): Parsed<Claim> => {
  const {rules = PORTABLE, look} = options;
  const refusal = refuseText(raw);
  if (refusal !== null) return fail(refusal);
  const path = raw.replaceAll('\\', '/');
  if (isAbsolute(path)) {
    const hint = 'write the glob from the repository root down';
    return fail(claimFailure('E_GLOB_ABSOLUTE', raw, 'is an absolute glob', hint));
  }
  const segments = globSegments(raw, path);
  if (!segments.ok) return segments;
  const forms: Form[] = [];
  let widened = false;
  const syntaxes: readonly Syntax[] = bare && /[[{(]/u.test(raw) ? ['full', 'stars'] : ['full'];
  for (const syntax of syntaxes) {
    const parsed = globForms({raw, path, rules, look, syntax});
    if (!parsed.ok) return parsed;
    forms.push(...parsed.value.forms);
    widened ||= parsed.value.widened;
  }
  const literal = bare ? literalForms(raw, path, options) : ok([]);
  if (!literal.ok) return literal;
  forms.push(...literal.value);
  const [own, ...others] = forms;
  if (own === undefined) throw new Error('Internal error: a glob without a form');
  return ok({
    ...own,
    raw,
    text: textOf(segments.value),
    bare,
    companionOf: null,
    others,
    widened,
  });
};
