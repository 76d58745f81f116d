import {mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

/** What the address of a Unix socket may have, in bytes, without the NUL at its end (unix(7); macOS has four less). */
const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;
/** `/tmp` is short on every system; what TMPDIR names may not be. */
const FOLDERS: readonly string[] = [tmpdir(), '/tmp'];
/** What is added to it: `/disjoint-XXXXXX/h/` and the name of the socket. */
const ADDED_BYTES = 40;

const bytesOf = (text: string): number => Buffer.byteLength(text);

/**
 * Calls back with a path of the socket that is short enough to bind it or to connect to it. Of a longer one the folder gets
 * a short name for that moment, by a symbolic link that nobody else can have made: the socket lies where it should.
 */
export const withSocketPath = <T>(file: string, use: (path: string) => T): T => {
  if (bytesOf(file) <= SOCKET_PATH_BYTES_MAX) return use(file);
  const short = FOLDERS.find((folder) => bytesOf(folder) + ADDED_BYTES <= SOCKET_PATH_BYTES_MAX) ?? '/tmp';
  const folder = mkdtempSync(path.join(short, 'disjoint-'));
  try {
    const link = path.join(folder, 'h');
    symlinkSync(path.dirname(file), link);
    return use(path.join(link, path.basename(file)));
  } finally {
    rmSync(folder, {recursive: true});
  }
};
