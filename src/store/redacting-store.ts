import type {DisjointEvent} from '../core/events.ts';
import type {Redactor} from '../core/secrets/redactor.ts';
import type {Store} from '../ports/store.ts';

/** Keeps events without the secrets in their texts. What is read again has `[secret NAME]` in their place. */
export const redactingStore = (store: Store, redactor: Redactor): Store => ({
  append: (events) => store.append(events.map((event): DisjointEvent => redactor.value(event))),
  read: (afterSeq, limit) => store.read(afterSeq, limit),
  lastSeq: () => store.lastSeq(),
  close: () => store.close(),
});
