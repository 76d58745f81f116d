/**
 * JSON of a value without the secrets in its texts. Taken out text by text, so that what is left is JSON whatever they were.
 *
 * @param redact Replaces the secrets in a text.
 */
export const jsonOf = (value: unknown, redact: (text: string) => string): string =>
  JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === 'string') return redact(one);
    return typeof one === 'bigint' ? String(one) : one;
  });
