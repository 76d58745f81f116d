import {MemoryStore} from '../../src/store/memory-store.ts';
import {HeldStore} from '../support/held-store.ts';
import {describeStoreContract} from '../support/store-contract.ts';

describeStoreContract('MemoryStore', {
  make: (eventsKept) => Promise.resolve(new MemoryStore({eventsKept})),
  forgets: true,
});

// The store that tests hold up has to be a store itself.
describeStoreContract('HeldStore', {make: () => Promise.resolve(new HeldStore()), forgets: false});
