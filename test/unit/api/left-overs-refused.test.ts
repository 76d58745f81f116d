import {expect, test, vi} from 'vitest';
import {repositoryMark} from '../../../src/api/repository-mark.ts';
import {RunJournal} from '../../../src/api/run-journal.ts';
import type {LeftOvers} from '../../../src/executors/process/left-overs.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const {stopLeftOvers} = vi.hoisted(() => ({
  stopLeftOvers: vi.fn<(marks: readonly string[]) => Promise<LeftOvers>>(),
}));

// A process that survives SIGKILL cannot be had here.
vi.mock(import('../../../src/executors/process/left-overs.ts'), async (importOriginal) => ({
  ...(await importOriginal()),
  stopLeftOvers,
}));

test('a repository in which something of an earlier run does not go is not taken, and may be once that is gone', async () => {
  const root = temporaryFolder();
  const lock = {mark: repositoryMark(root), isInherited: true};
  stopLeftOvers.mockResolvedValue({stopped: [4711, 4712], alive: [4711]});
  await expect(RunJournal.take(root, lock)).rejects.toMatchObject({
    code: 'E_LEFT_OVERS',
    message: 'processes of an interrupted run cannot be stopped: pid 4711',
  });
  expect(stopLeftOvers.mock.lastCall?.[0]).toContain(lock.mark);
  stopLeftOvers.mockResolvedValue({stopped: [4711], alive: []});
  const journal = await RunJournal.take(root, lock);
  expect(journal.stopped).toEqual([4711]);
  await journal.end(null);
});
