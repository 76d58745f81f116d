import {execFileSync} from 'node:child_process';
import {copyFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {openDatabase} from '../../../dist/src/store/sqlite/database.js';
import {journalFile} from './journal-file.ts';

/** What a start over a journal came to. */
interface Recovery {
  readonly ms: number;
  /** How much of it was the look at all records. */
  readonly checkMs: number;
  /** How many events were folded. */
  readonly folded: number;
  readonly tasks: number;
  /** The most memory the process ever had. */
  readonly rssMb: number;
}

export interface Recoveries {
  readonly records: number;
  readonly tasksPerRun: number;
  readonly ours: Recovery;
  /** The same journal without its seals and snapshots: every record is looked at and folded. */
  readonly allFolded: Recovery;
}

const SCRIPT = fileURLToPath(new URL('recover.mjs', import.meta.url));

const recover = (file: string): Recovery =>
  JSON.parse(
    execFileSync(process.execPath, ['--max-old-space-size=6144', SCRIPT, file], {encoding: 'utf8'}),
  ) as Recovery;

/** The quickest of some rounds in turn: what the machine does beside it only ever adds. */
export const recoveries = async (
  records: number,
  tasksPerRun: number,
  rounds: number,
): Promise<Recoveries> => {
  const file = await journalFile(records, tasksPerRun);
  const bare = `${file}.bare`;
  copyFileSync(file, bare);
  const sql = openDatabase(bare);
  for (const table of ['seal', 'snapshot', 'snapshot_part']) sql.script(`DELETE FROM ${table}`);
  sql.close();
  const quicker = (a: Recovery | null, b: Recovery): Recovery => (a === null || b.ms < a.ms ? b : a);
  let [ours, allFolded]: [Recovery | null, Recovery | null] = [null, null];
  for (let round = 0; round < rounds; round++) {
    ours = quicker(ours, recover(file));
    allFolded = quicker(allFolded, recover(bare));
  }
  if (ours === null || allFolded === null) throw new Error('no round');
  return {records, tasksPerRun, ours, allFolded};
};
