import {InvalidArgumentError} from 'commander';

const UNITS: Readonly<Record<string, number>> = {B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12};
const DAY_MS = 86_400_000;
const AGE_UNITS: Readonly<Record<string, number>> = {m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS};

const withUnit = (text: string, form: RegExp, units: Readonly<Record<string, number>>): number | null => {
  const match = form.exec(text);
  const unit = units[match?.[2] ?? ''];
  return match === null || unit === undefined ? null : Math.round(Number(match[1]) * unit);
};

/** `500MB`, `1.5GB`: in bytes. */
export const parseSize = (text: string): number => {
  const bytes = withUnit(text, /^(\d+(?:\.\d+)?)([KMGT]?B)$/u, UNITS);
  if (bytes === null) throw new InvalidArgumentError('E_ARG_RANGE a size such as 500MB or 1GB');
  return bytes;
};

/** `30d`, `12h`, `2w`: in ms. */
export const parseAge = (text: string): number => {
  const ms = withUnit(text, /^(\d+(?:\.\d+)?)([mhdw])$/u, AGE_UNITS);
  if (ms === null) throw new InvalidArgumentError('E_ARG_RANGE an age such as 30d, 12h or 2w');
  return ms;
};

/** How many: an integer of 1 or more. */
export const parseCount = (text: string): number => {
  const count = /^\d{1,9}$/u.test(text) ? Number(text) : 0;
  if (count < 1) throw new InvalidArgumentError('E_ARG_RANGE an integer of 1 or more');
  return count;
};

/** `812 B`, `3.4 MB`: for people. */
export const sizeText = (bytes: number): string => {
  const [unit, size] = Object.entries(UNITS).findLast(([, of]) => bytes >= of) ?? (['B', 1] as const);
  return unit === 'B' ? `${Math.round(bytes)} B` : `${(bytes / size).toFixed(1)} ${unit}`;
};
