import {readFileSync} from 'node:fs';
import type {ProcessIdentity} from '../../ports/process-identity.ts';
import {type ProcessTable, processTable} from './process-table.ts';

/** A number that the kernel draws at each start (random(4)). */
const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
};

/** This process. */
export const ownIdentity = (table: ProcessTable = processTable): ProcessIdentity => ({
  pid: process.pid,
  startedAt: table.find(process.pid)?.startedAt ?? 0,
  bootId: bootId(),
});

/**
 * Is that very process still there? One that got its number later is another, and so is every one after a restart of the
 * machine. Where start times cannot be told, whoever has the number is taken for it.
 */
export const isStillThere = (
  {pid, startedAt, bootId: boot}: ProcessIdentity,
  table: ProcessTable = processTable,
): boolean => {
  if (boot !== bootId()) return false;
  const entry = table.find(pid);
  return entry !== null && entry.startedAt === startedAt;
};
