const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances that people count in. */
const STEPS: readonly number[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
];

/** The moments (ms) to name on an axis from 0 to `spanMs`: round ones, at most `most` besides 0. */
export const ticksIn = (spanMs: number, most: number): readonly number[] => {
  const days = Math.ceil(spanMs / DAY / most);
  const step = STEPS.find((one) => spanMs / one <= most) ?? days * DAY;
  return Array.from({length: Math.floor(spanMs / step) + 1}, (_, i) => i * step);
};

/** A round moment, as short as it can be said: `0`, `0.5s`, `30s`, `5m`, `1m 30s`, `2h`, `1h 30m`. */
export const tickText = (ms: number): string => {
  if (ms === 0) return '0';
  if (ms < MINUTE) return `${ms / SECOND}s`;
  const [hours, minutes] = [Math.floor(ms / HOUR), Math.floor((ms % HOUR) / MINUTE)];
  const seconds = Math.floor((ms % MINUTE) / SECOND);
  return [hours > 0 ? `${hours}h` : '', minutes > 0 ? `${minutes}m` : '', seconds > 0 ? `${seconds}s` : '']
    .filter((part) => part !== '')
    .join(' ');
};
