import type {Claim, Form} from './claim.ts';
import {isAnyFormCovered} from './covers.ts';
import {fold} from './fold.ts';
import {formsOf} from './overlap.ts';
import {parseClaim} from './parse.ts';
import {MANY} from './sequence.ts';
import {ALL_READINGS} from './spelling.ts';

/**
 * Files that make programs run: whoever changes them can run what they like on the machine of the next person who
 * builds, commits or opens the folder.
 */
export const SENSITIVE_PATHS: readonly string[] = [
  '.gitattributes',
  '.gitmodules',
  '.github/',
  '.husky/',
  '.vscode/',
  '.idea/',
  '.claude/',
  '.cursor/',
  'AGENTS.md',
  'CLAUDE.md',
  '.mcp.json',
  'package.json',
  '.npmrc',
  '*.config.*',
  'Makefile',
  '.envrc',
];

const PATTERNS: readonly {readonly path: string; readonly claims: readonly Claim[]}[] = SENSITIVE_PATHS.map(
  (path) => {
    const parsed = parseClaim({glob: `**/${path}`});
    if (!parsed.ok) throw new Error(`Internal error: ${parsed.failure.message}`);
    return {path, claims: parsed.value};
  },
);

const foldName = <T>(segment: T): T | string => (typeof segment === 'string' ? fold(segment) : segment);

/** In any case, also where the volume tells names apart by it: not all that reads these files does. */
const folded = (form: Form): Form => ({
  ...form,
  key: form.key.map((segment) => fold(segment)),
  segments: form.segments.map(foldName),
  readings: ALL_READINGS,
});

/** What a folder is called: `package.json/` and `package.json/**` name the file, if that is one. */
const namedBy = (form: Form): readonly Form[] => {
  const names = form.segments.at(-1) === MANY ? form.segments.slice(0, -1) : form.segments;
  if (names.length === form.segments.length || names.length === 0) return [form];
  const kind = names.length === form.key.length ? 'path' : 'glob';
  return [form, {...form, kind, segments: names}];
};

/**
 * Which sensitive path the claim is, or lies in; `null` if none. A folder or a glob that only holds some among other
 * files is not one: it does not name what is sensitive.
 */
export const sensitivePath = (claim: Claim): string | null => {
  const [own, ...others] = formsOf(claim).map(folded).flatMap(namedBy);
  const anyCase: Claim = {...claim, ...own, others};
  return PATTERNS.find(({claims}) => isAnyFormCovered(anyCase, claims))?.path ?? null;
};
