import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {configSchemaText, planSchemaText} from '../../../src/api/schema.ts';
import {openApiText} from '../../../src/web/openapi.ts';

/** If one of these fails: `npm run schemas`, and look at the difference. */
const shipped = (name: string): string =>
  readFileSync(new URL(`../../../docs/reference/${name}`, import.meta.url), 'utf8');

test('the shipped schema of disjoint.yaml is the one that the loader uses', () => {
  expect(shipped('disjoint.schema.json')).toBe(configSchemaText());
});

test('the shipped schema of plans is the one that the loader uses', () => {
  expect(shipped('plan.schema.json')).toBe(planSchemaText());
});

test('the shipped description of the local API is the one that server and commands use', () => {
  expect(shipped('openapi.json')).toBe(openApiText());
});
