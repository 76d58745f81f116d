import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SKIPPED = new Set(['node_modules', 'dist', 'coverage']);

/** Every Markdown file of the project, as a path from the root, sorted. */
export const markdownFiles = (folder = ''): readonly string[] =>
  readdirSync(path.join(ROOT, folder), {withFileTypes: true})
    .filter(({name}) => !name.startsWith('.') && !SKIPPED.has(name))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return markdownFiles(file);
      return entry.name.endsWith('.md') ? [file] : [];
    })
    .toSorted();

/** The text of a file of the project. */
export const source = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

export interface Block {
  /** `docs/guides/library.md:12` */
  readonly at: string;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a also those inside a list. */
export const blocksOf = (file: string): readonly Block[] =>
  [...source(file).matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gmsu)].map(
    ({1: indent = '', 2: language = '', 3: text = '', index}) => ({
      at: `${file}:${source(file).slice(0, index).split('\n').length}`,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gmu'), ''),
    }),
  );

/** The page without its fenced blocks. */
export const proseOf = (file: string): string => source(file).replaceAll(/^( *)```.*?^\1```$/gmsu, '');

/** The part of a page under a heading, as far as the next one of the same rank or above. */
export const sectionOf = (file: string, heading: string): string => {
  const rank = heading.indexOf(' ');
  const text = source(file);
  const from = text.indexOf(`\n${heading}`);
  if (from === -1) throw new Error(`${file} has no "${heading}"`);
  const rest = text.slice(from + 1 + heading.length);
  const end = rest.search(new RegExp(`^#{1,${rank}} `, 'mu'));
  return end === -1 ? rest : rest.slice(0, end);
};

/** The cells of each row of the tables in a text, heads left out. */
export const rowsOf = (text: string): readonly (readonly string[])[] => {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const isRule = (line: string | undefined): boolean => line !== undefined && /^[\s|:-]+$/u.test(line);
  return lines
    .filter((line, i) => !isRule(line) && !isRule(lines[i + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    );
};

/** What stands in backquotes. */
export const codesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/gu)].map(([, code = '']) => code);

/** The first thing in backquotes in each row: what the row is about. */
export const keysOf = (text: string): readonly string[] =>
  rowsOf(text).map(([cell = '']) => codesIn(cell)[0] ?? cell);

/** The anchors that GitHub gives to the headings of a page. */
export const anchorsOf = (file: string): ReadonlySet<string> =>
  new Set(
    [...proseOf(file).matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/gu, '-'),
    ),
  );

/** The targets of the relative links of a page. */
export const linksOf = (file: string): readonly string[] =>
  [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/gu)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/u.test(target));
