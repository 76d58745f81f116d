import type {DisjointEvent} from '../core/events.ts';
import type {Redactor} from '../core/secrets/redactor.ts';
import type {SnapshotPart} from '../core/snapshot.ts';
import type {Snapshots, Store} from '../ports/store.ts';

async function* withoutSecrets(
  parts: AsyncIterable<SnapshotPart>,
  redactor: Redactor,
): AsyncGenerator<SnapshotPart> {
  for await (const part of parts) yield redactor.value(part);
}

const redactingSnapshots = (snapshots: Snapshots, redactor: Redactor): Snapshots => ({
  every: snapshots.every,
  keep: (seq, parts) => snapshots.keep(seq, withoutSecrets(parts, redactor)),
});

/** Keeps events without the secrets in their texts. What is read again has `[secret NAME]` in their place. */
export const redactingStore = (store: Store, redactor: Redactor): Store => ({
  gathers: store.gathers,
  snapshots: store.snapshots === null ? null : redactingSnapshots(store.snapshots, redactor),
  append: (events) => store.append(events.map((event): DisjointEvent => redactor.value(event))),
  read: (afterSeq, limit) => store.read(afterSeq, limit),
  lastSeq: () => store.lastSeq(),
  close: () => store.close(),
});
