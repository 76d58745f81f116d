import {type SalvageReport, salvageJournal} from '../../api/salvage.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {plural, safe} from '../render/text.ts';

const linesFor = ({file, written, salvaged}: SalvageReport): readonly string[] => {
  if (salvaged === null || written === null) return [`${file} is whole, nothing was written`];
  const {records, runs, lost, damage} = salvaged;
  const gone = lost === null ? 'how many are lost it does not say' : `lost ${plural(lost, 'record')}`;
  return [
    `${file} is damaged: ${damage}`,
    `wrote ${plural(records, 'record')} of ${plural(runs, 'run')} into ${written}, ${gone}`,
    `to go on with it, move ${file} and what begins like it (-wal, -shm, -kept) away, and put it in its place; nothing in them was changed`,
  ];
};

/** `disjoint doctor --salvage FILE`: what can be read of a damaged journal, in a new file. */
export const salvage = async ({terminal, globals, cwd}: CommandContext, file: string): CommandResult => {
  const report = await salvageJournal(file, cwd);
  if (globals.json === true) terminal.line(JSON.stringify(report));
  else for (const line of linesFor(report)) terminal.line(safe(line));
  return ExitCode.ok;
};
