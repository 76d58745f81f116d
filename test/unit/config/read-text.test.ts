import {execFileSync} from 'node:child_process';
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readText} from '../../../src/config/read-text.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const read = async (file: string): Promise<string> => {
  const text = await readText('config', file, 'f.yaml');
  return text.ok ? `text: ${text.value}` : `${text.failure.code}: ${text.failure.message}`;
};

const fileWith = (bytes: Uint8Array | string): string => {
  const file = path.join(temporaryFolder(), 'f.yaml');
  writeFileSync(file, bytes);
  return file;
};

describe('a file of the user', () => {
  test('is read as UTF-8', async () => {
    expect(await read(fileWith('a: é😀\uFFFD\n'))).toBe('text: a: é😀\uFFFD\n');
  });

  test('that is not UTF-8 is refused with the place of the first wrong byte', async () => {
    const cases: readonly (readonly [string, readonly number[], number])[] = [
      ['a byte that is never right', [0x61, 0xff, 0x62], 1],
      ['a half character in the middle', [0x61, 0xc3, 0x62], 2],
      ['a surrogate', [0xed, 0xa0, 0x80], 1],
      ['one after a replacement character that stands there by right', [0xef, 0xbf, 0xbd, 0x61, 0xff], 4],
      ['a half character at the end', [0x61, 0xe2, 0x82], 3],
    ];
    for (const [what, bytes, at] of cases) {
      expect([what, await read(fileWith(Uint8Array.from(bytes)))]).toEqual([
        what,
        `E_ENCODING: f.yaml is not valid UTF-8 at byte ${at}`,
      ]);
    }
  });

  test('is refused exactly if its bytes are not UTF-8', async () => {
    const file = fileWith('');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({maxLength: 20}), async (bytes) => {
        writeFileSync(file, bytes);
        const roundTrips = Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf8').equals(
          Buffer.from(bytes),
        );
        expect((await read(file)).startsWith('text: ')).toBe(roundTrips);
      }),
      {numRuns: 300},
    );
  });

  test('that is none is refused at once, with what it is', async () => {
    const folder = temporaryFolder();
    const at = (name: string): string => path.join(folder, name);
    mkdirSync(at('folder'));
    execFileSync('mkfifo', [at('fifo')]);
    symlinkSync('/dev/zero', at('device'));
    symlinkSync('loop', at('loop'));
    symlinkSync('nowhere', at('dangling'));
    execFileSync('truncate', ['-s', '1G', at('huge')]);
    expect(await read(at('folder'))).toBe('E_CONFIG_FILE: f.yaml is a directory');
    expect(await read(at('fifo'))).toBe('E_CONFIG_FILE: f.yaml is no regular file');
    expect(await read(at('device'))).toBe('E_CONFIG_FILE: f.yaml is no regular file');
    expect(await read(at('loop'))).toBe('E_CONFIG_FILE: f.yaml cannot be opened (ELOOP)');
    expect(await read(at('dangling'))).toBe('E_CONFIG_FILE: there is no file f.yaml');
    expect(await read(at('huge'))).toBe('E_CONFIG_FILE: f.yaml is larger than 1 MiB');
    expect(await read(path.join(at('folder'), 'x', 'y'))).toBe('E_CONFIG_FILE: there is no file f.yaml');
  });
});
