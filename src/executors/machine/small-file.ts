import {readFileSync} from 'node:fs';

/** What a file of the kernel says; `null` if it is not there or may not be read. */
export const smallFile = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** The number in a file that holds one; `null` if there is none, such as where it says "max". */
export const numberIn = (file: string): number | null => {
  const text = smallFile(file)?.trim() ?? '';
  return /^\d+$/u.test(text) ? Number(text) : null;
};

/** The number behind a name in a file of lines such as "usage_usec 4711". */
export const numberNamed = (file: string, name: string): number | null => {
  for (const line of smallFile(file)?.split('\n') ?? []) {
    const [key, value] = line.split(/[\s:]+/u);
    if (key === name && value !== undefined && /^\d+$/u.test(value)) return Number(value);
  }
  return null;
};
