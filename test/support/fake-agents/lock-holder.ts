/** Takes a repository whenever it is told to by a line on stdin, and says whether it has it. Lets go at the end of stdin. */
import net from 'node:net';
import {createInterface} from 'node:readline';
import {RepositoryLock} from '../../../src/api/repository-lock.ts';

const [root = ''] = process.argv.slice(2);
const held: RepositoryLock[] = [];
const take = async (): Promise<string> => {
  try {
    held.push(await RepositoryLock.take(root, net.createServer()));
    return 'taken';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

process.stdout.write('ready\n');
for await (const _ of createInterface(process.stdin)) process.stdout.write(`${await take()}\n`);
for (const lock of held) await lock.release();
