import type {Secret} from './secrets.ts';
import {asBytes, spellingsOf} from './spelled-secret.ts';

/** What everybody knows for a secret by its looks, whoever it belongs to. */
const BY_LOOKS: readonly RegExp[] = [
  /\bsk-[\w-]{16,}/gu,
  /\b(?:gh[pousr]_|github_pat_)\w{20,}/gu,
  /\bglpat-[\w-]{16,}/gu,
  /\bxox[abeoprs]-[\w-]{10,}/gu,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/gu,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/gu,
  /(?<=\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)[^\s"']{8,}/giu,
];
const KEY_BLOCK = /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gsu;

/** How they begin, and what comes before one. */
const BEGINNINGS: readonly string[] =
  'sk- ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox AKIA ASIA eyJ -----BEGIN authorization Authorization AUTHORIZATION'.split(
    ' ',
  );
/** One of them that goes on, at the end of a text. */
const BEGUN = [
  /(?:\bsk-|\bgh[pousr]_|\bgithub_pat_|\bglpat-|\bxox|\bAKIA|\bASIA|\beyJ)[\w.-]*$/u,
  /-----BEGIN[A-Z ]*-{0,5}$/u,
  // To the end of its line, for the value comes last.
  /\bauthorization[^\n]{0,400}$/iu,
];
/** A longer one is none. */
const BEGUN_MAX = 4 * 1024;

const UNNAMED = '[secret]';

/** A way to write a secret, and what it is called. */
interface Spelling {
  readonly text: string;
  readonly name: string;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/gu, '\\$&');

const MARK = /\[secret (\w+)\]/gu;

/** Changes all texts in a value of plain data. */
const mapTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const changed = items.map((item) => mapTexts(item, change));
    return changed.every((item, i) => item === items[i]) ? value : changed;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value);
  const changed = entries.map(([key, item]): [string, unknown] => [key, mapTexts(item, change)]);
  return changed.every(([, item], i) => item === entries[i]?.[1]) ? value : Object.fromEntries(changed);
};

/**
 * Replaces secrets in what is written: each of those that it knows, however it is spelled, by `[secret NAME]`, and what
 * looks like one by `[secret]`. Replacing twice is replacing once.
 */
export class Redactor {
  /** The longest first: of two that begin alike, the whole of the longer one goes. */
  readonly #spellings: readonly Spelling[];
  readonly #names: ReadonlyMap<string, string>;
  readonly #known: RegExp | null;

  readonly #values: ReadonlyMap<string, string>;

  private constructor(spellings: readonly Spelling[], secrets: readonly Secret[]) {
    this.#values = new Map(secrets.map(({name, value}) => [name, value]));
    this.#spellings = spellings.toSorted((a, b) => b.text.length - a.text.length);
    this.#names = new Map(this.#spellings.toReversed().map(({text, name}) => [text, name]));
    const texts = this.#spellings.map(({text}) => escaped(text));
    this.#known = texts.length === 0 ? null : new RegExp(texts.join('|'), 'gu');
  }

  static of(secrets: readonly Secret[]): Redactor {
    return new Redactor(
      secrets.flatMap((secret) => spellingsOf(secret).map((text) => ({text, name: secret.name}))),
      secrets,
    );
  }

  /** The same for bytes, each as one character. */
  get ofBytes(): Redactor {
    return new Redactor(
      this.#spellings.map(({text, name}) => ({text: asBytes(text), name})),
      [],
    );
  }

  /** The text without secrets. */
  text(text: string): string {
    const known =
      this.#known === null
        ? text
        : text.replaceAll(this.#known, (found) => `[secret ${this.#names.get(found) ?? ''}]`);
    let plain = known.includes('PRIVATE KEY') ? known.replaceAll(KEY_BLOCK, UNNAMED) : known;
    for (const looks of BY_LOOKS) plain = plain.replaceAll(looks, UNNAMED);
    return plain;
  }

  /** The same for all texts in a value of plain data. Whatever holds none is given back as it is. */
  value<T>(value: T): T {
    return mapTexts(value, (text) => this.text(text)) as T;
  }

  /** The other way round: `[secret NAME]` becomes what is known by that name. */
  restored<T>(value: T): T {
    return mapTexts(value, (text) =>
      text.replaceAll(MARK, (mark, name: string) => this.#values.get(name) ?? mark),
    ) as T;
  }

  /**
   * How much of a text that goes on can be written: in what stands behind a secret may have begun, and none lies across.
   */
  closedUpTo(text: string): number {
    let closed = this.#openFrom(text);
    const patterns = this.#known === null ? BY_LOOKS : [this.#known, ...BY_LOOKS];
    for (const pattern of patterns) {
      for (const {index, 0: found} of text.matchAll(pattern))
        if (index < closed && index + found.length > closed) closed = index;
    }
    return closed;
  }

  /** Where a secret may have begun that has not ended. */
  #openFrom(text: string): number {
    const from = Math.max(0, text.length - BEGUN_MAX);
    const end = text.slice(from);
    let open = text.length;
    for (const begun of BEGUN) open = Math.min(open, from + (begun.exec(end)?.index ?? end.length));
    const all = [...this.#spellings.map((spelling) => spelling.text), ...BEGINNINGS];
    for (const secret of all) {
      const longest = Math.min(secret.length - 1, text.length);
      for (let length = longest; length > text.length - open; length--) {
        if (text.endsWith(secret.slice(0, length))) {
          open = text.length - length;
          break;
        }
      }
    }
    return open;
  }
}

/** Knows no secret; still replaces what looks like one. */
export const NO_SECRETS: Redactor = Redactor.of([]);
