import path from 'node:path';
import {MemoryStore} from '../../src/store/memory-store.ts';
import {SqliteStore} from '../../src/store/sqlite/sqlite-store.ts';
import {HeldStore} from '../support/held-store.ts';
import {describeStoreContract} from '../support/store-contract.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

const THIS = {pid: process.pid, startedAt: 1, bootId: 'boot', since: 0};

describeStoreContract('MemoryStore', {
  make: (eventsKept) => Promise.resolve(new MemoryStore({eventsKept})),
  forgets: true,
});

describeStoreContract('SqliteStore', {
  make: () => {
    const store = SqliteStore.open(path.join(temporaryFolder(), 'state.db'));
    store.take({holder: THIS, isAlive: () => false, runId: 'run', at: 0});
    return Promise.resolve(store);
  },
  forgets: false,
});

// The store that tests hold up has to be a store itself.
describeStoreContract('HeldStore', {make: () => Promise.resolve(new HeldStore()), forgets: false});
