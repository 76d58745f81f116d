// How much memory an orchestrator takes with so many queued tasks, in a process of its own.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createOrchestrator} from '../../../dist/src/index.js';
import {MemoryStore} from '../../../dist/src/store/memory-store.js';
import {SqliteStore} from '../../../dist/src/store/sqlite/sqlite-store.js';

const [kind, count] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'disjoint-bench-'));
const journal = () => {
  const store = SqliteStore.open(path.join(folder, 'state.db'));
  const holder = {pid: process.pid, startedAt: 1, bootId: 'boot', since: 0};
  store.take({holder, isAlive: () => false, runId: 'bench', at: 0});
  return store;
};
const orchestrator = await createOrchestrator({
  agents: {dev: {}},
  store: kind === 'journal' ? journal() : new MemoryStore(),
});
await orchestrator.pause();
const AT_ONCE = 1_000;
for (let i = 0; i < Number(count); i += AT_ONCE) {
  const tasks = Array.from({length: AT_ONCE}, (_, n) => ({
    agentType: 'dev',
    files: [`src/f${i + n}.ts`],
    run: () => {},
  }));
  const handles = orchestrator.submitMany(tasks);
  for (const {result} of handles) result.catch(() => {});
  await Promise.all(handles.map(({accepted}) => accepted));
}
globalThis.gc?.();
const {heapUsed} = process.memoryUsage();
process.stdout.write(
  JSON.stringify({heapMb: heapUsed / 2 ** 20, peakRssMb: process.resourceUsage().maxRSS / 1024}),
);
rmSync(folder, {recursive: true, force: true});
// oxlint-disable-next-line unicorn/no-process-exit -- to end 100,000 tasks one by one takes minutes.
process.exit(0);
