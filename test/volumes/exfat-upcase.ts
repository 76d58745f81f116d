import {readFileSync} from 'node:fs';

const UPCASE_ENTRY = 0x82;
const ENTRY_BYTES = 32;
/** In the table, before the number of code units that are their own upper case. */
const RUN = 0xffff;

/** The table of upper case that an exFAT volume carries, by code unit (specification 3.1, 6.3 and 7.2). */
const tableOf = (image: string): readonly number[] => {
  const bytes = readFileSync(image);
  const sectorBytes = 2 ** bytes[108]!;
  const clusterBytes = sectorBytes * 2 ** bytes[109]!;
  const placeOf = (cluster: number): number =>
    bytes.readUInt32LE(88) * sectorBytes + (cluster - 2) * clusterBytes;
  let entry = placeOf(bytes.readUInt32LE(96));
  while (bytes[entry] !== UPCASE_ENTRY) entry += ENTRY_BYTES;
  const start = placeOf(bytes.readUInt32LE(entry + 20));
  const end = start + Number(bytes.readBigUInt64LE(entry + 24));
  const table: number[] = [];
  for (let at = start; at < end; at += 2) {
    const value = bytes.readUInt16LE(at);
    if (value !== RUN || at + 2 >= end) table.push(value);
    else {
      at += 2;
      for (let left = bytes.readUInt16LE(at); left > 0; left--) table.push(table.length);
    }
  }
  while (table.length <= 0xffff) table.push(table.length);
  return table;
};

/** What an exFAT volume compares names by: each code unit in the upper case that its own table gives. */
export const exfatUpper = (image: string): ((name: string) => string) => {
  const table = tableOf(image);
  // Halves of a surrogate pair are code units like others.
  return (name) =>
    name
      .split('')
      .map((unit) => String.fromCharCode(table[unit.charCodeAt(0)]!))
      .join('');
};
