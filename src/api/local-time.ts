/** `2026-11-25 18:11:04` in the time zone of the reader. @param ms Wall time. */
export const localTime = (ms: number): string => {
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 19).replace('T', ' ');
};
