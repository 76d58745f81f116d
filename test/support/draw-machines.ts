/** Writes docs/internals/machines.md from the definitions of the machines: `npm run machines`. */
import {writeFileSync} from 'node:fs';
import {MACHINES_DOCUMENT, machinesDocument} from './machines-document.ts';

writeFileSync(MACHINES_DOCUMENT, machinesDocument());
