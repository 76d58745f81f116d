import {afterEach, expect, test} from 'vitest';
import {processTerminal} from '../../../src/cli/terminal.ts';

const {columns, rows} = process.stdout;

afterEach(() => {
  Object.assign(process.stdout, {columns, rows});
});

test.each([
  [undefined, undefined, 80, 24],
  [0, 0, 80, 24],
  [132, 43, 132, 43],
])('a terminal that says %s by %s is taken for %i by %i', (says, saysRows, wide, high) => {
  Object.assign(process.stdout, {columns: says, rows: saysRows});
  const terminal = processTerminal({}, false);
  expect([terminal.columns(), terminal.rows()]).toEqual([wide, high]);
});
