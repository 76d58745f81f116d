// A start over a journal, in a process of its own: what it takes until the state of the run that was cut short is there.
import {stateOf} from '../../../dist/src/api/left-run.js';
import {DEFAULT_SETTINGS} from '../../../dist/src/core/settings.js';
import {SqliteStore} from '../../../dist/src/store/sqlite/sqlite-store.js';

const [file] = process.argv.slice(2);
const startedAt = performance.now();
const store = SqliteStore.open(file);
const openedAt = performance.now();
const {since} = store.runs().at(-1);
const {snapshot} = store.findSnapshot(since);
const events = await store.read(snapshot === null ? since - 1 : snapshot.seq);
const state = stateOf({since, snapshot: snapshot?.parts ?? null, events}, DEFAULT_SETTINGS);
const endedAt = performance.now();
process.stdout.write(
  JSON.stringify({
    ms: endedAt - startedAt,
    checkMs: openedAt - startedAt,
    folded: events.length,
    tasks: state.tasks.size,
    rssMb: process.resourceUsage().maxRSS / 1024,
  }),
);
await store.close();
