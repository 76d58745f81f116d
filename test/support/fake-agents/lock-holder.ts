/** Takes a repository, says whether it has it, and holds it until its stdin ends. */
import net from 'node:net';
import {RepositoryLock} from '../../../src/api/repository-lock.ts';

const [root = ''] = process.argv.slice(2);
let lock: RepositoryLock | null = null;
try {
  lock = await RepositoryLock.take(root, net.createServer());
  process.stdout.write('taken\n');
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  process.stdout.write(`${code}\n`);
}
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
await lock?.release();
