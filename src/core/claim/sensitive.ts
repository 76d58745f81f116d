import type {Claim} from './claim.ts';
import {isAnyFormCovered} from './covers.ts';
import {parseClaim} from './parse.ts';

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

/**
 * Which sensitive path the claim is, or lies in; `null` if none. A folder or a glob that only holds some among other
 * files is not one: it does not name what is sensitive.
 */
export const sensitivePath = (claim: Claim): string | null =>
  PATTERNS.find(({claims}) => isAnyFormCovered(claim, claims))?.path ?? null;
