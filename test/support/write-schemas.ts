/** Writes what is shipped for editors and other programs, made from the schemas that are used: `npm run schemas`. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {configSchemaText, planSchemaText} from '../../src/api/schema.ts';
import {openApiText} from '../../src/web/openapi.ts';

const folder = new URL('../../docs/reference/', import.meta.url);
mkdirSync(folder, {recursive: true});
writeFileSync(new URL('disjoint.schema.json', folder), configSchemaText());
writeFileSync(new URL('plan.schema.json', folder), planSchemaText());
writeFileSync(new URL('openapi.json', folder), openApiText());
