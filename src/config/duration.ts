import {DURATION_MS_LIMIT} from '../core/settings.ts';

const UNITS: Readonly<Record<string, number>> = {ms: 1, s: 1_000, m: 60_000, h: 3_600_000};

/** A number with its unit. */
export const DURATION_FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/u;

/** `90s`, `30m`, `2h`, `1.5h`, `500ms` in ms; `null` for anything else, and for zero or more than 24 days. */
export const parseDuration = (text: string): number | null => {
  const match = DURATION_FORM.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) return null;
  const ms = Math.round(Number(match[1]) * unit);
  return ms >= 1 && ms <= DURATION_MS_LIMIT ? ms : null;
};
