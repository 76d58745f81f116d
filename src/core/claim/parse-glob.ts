import {fail, ok, type Result} from '../result.ts';
import type {Claim, ClaimFailure, Form} from './claim.ts';
import {isAbsolute} from './cut.ts';
import {PORTABLE} from './fold.ts';
import {globForms, globSegments, type Syntax} from './glob-forms.ts';
import type {ParseOptions} from './parse-options.ts';
import {textOf} from './parse-path.ts';
import {claimFailure, refuseText} from './refuse-text.ts';

type Parsed<T> = Result<T, ClaimFailure>;

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
