import {createLogUpdate} from 'log-update';
import {afterEach, expect, test, vi} from 'vitest';
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
  expect([terminal.screen.columns, terminal.screen.rows]).toEqual([wide, high]);
});

test('a table is drawn on a terminal that says its size is nothing', () => {
  Object.assign(process.stdout, {columns: 0, rows: 0, isTTY: process.stdout.isTTY});
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const draw = createLogUpdate(processTerminal({}, false).screen);
    draw('● T1 runs');
    const written = write.mock.calls.map(([text]) => String(text)).join('');
    expect(written).toContain('● T1 runs');
  } finally {
    write.mockRestore();
  }
});
