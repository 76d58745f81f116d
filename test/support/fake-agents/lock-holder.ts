/**
 * Takes a repository whenever it is told to by a line on stdin, and says whether it has it. `take`: lets go at the end of stdin.
 * `use`: lets go at once, and says whether somebody else was there meanwhile.
 */
import {mkdirSync, rmdirSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {RepositoryLock} from '../../../src/api/repository-lock.ts';

const [root = ''] = process.argv.slice(2);
const held: RepositoryLock[] = [];

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

const take = async (): Promise<string> => {
  held.push(await RepositoryLock.take(root, net.createServer()));
  return 'taken';
};

/** A folder can be made once: whoever finds it there is not alone. */
const use = async (): Promise<string> => {
  const lock = await RepositoryLock.take(root, net.createServer());
  const busy = path.join(root, 'busy');
  try {
    mkdirSync(busy);
  } catch {
    return 'together';
  }
  rmdirSync(busy);
  await lock.release();
  return 'used';
};

process.stdout.write('ready\n');
for await (const line of createInterface(process.stdin)) {
  const said = await (line === 'take' ? take() : use()).catch(codeOf);
  process.stdout.write(`${said}\n`);
}
for (const lock of held) await lock.release();
