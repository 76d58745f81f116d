import {crc32} from 'node:zlib';

/** Of all that is kept in a row, so that no bit of it can change unseen (CRC-32 tells every burst of up to 32 bits). */
export const checksumOf = (values: readonly (string | number | null)[]): number =>
  crc32(JSON.stringify(values));
