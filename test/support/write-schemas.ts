/** Writes the JSON schemas that are shipped for editors: `npm run schemas`. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {configSchemaText, planSchemaText} from '../../src/api/schema.ts';

const folder = new URL('../../docs/reference/', import.meta.url);
mkdirSync(folder, {recursive: true});
writeFileSync(new URL('disjoint.schema.json', folder), configSchemaText());
writeFileSync(new URL('plan.schema.json', folder), planSchemaText());
