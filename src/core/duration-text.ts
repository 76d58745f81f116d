/** A time in ms for people: `0.4s`, `12.3s`, `4m 05s`, `1h 02m`. */
export const durationText = (ms: number): string => {
  // From here on it would round up to 60.0s.
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
};
