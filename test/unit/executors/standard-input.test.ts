import {createHash} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import type {Work} from '../../../src/core/agent-type.ts';
import {command, startProcess} from '../../support/attempts.ts';

const fed = (...argv: readonly string[]): {readonly work: Work} => ({
  work: {kind: 'command', argv, prompt: 'stdin'},
});

const MEGABYTE = 'é'.repeat(512 * 1024);

describe('the standard input of a process', () => {
  test('is closed by default: a program that reads it ends at once', async () => {
    const {record} = startProcess({spec: {...command('cat'), description: 'not for stdin'}});
    expect(await record.death).toMatchObject({how: {kind: 'exited', code: 0}, tail: []});
  });

  test('carries the description and then ends, where the agent type says so', async () => {
    const description = 'first\nsecond "; $(x)\nlast';
    const {record} = startProcess({spec: {...fed('cat'), description}});
    expect(await record.death).toMatchObject({how: {kind: 'exited', code: 0}});
    expect(record.lines('stdout')).toEqual(description.split('\n'));
  });

  test('carries a description of a megabyte that no argument could', async () => {
    const {record} = startProcess({spec: {...fed('sha256sum'), description: MEGABYTE}});
    await record.death;
    expect(record.lines('stdout')[0]).toContain(createHash('sha256').update(MEGABYTE).digest('hex'));
  });

  test('may be closed early by the program, with a megabyte still to come', async () => {
    for (const text of ['exit 0', 'exec 0<&-; sleep 0.1', 'head -c 10 > /dev/null; sleep 0.1']) {
      const {record} = startProcess({spec: {...fed('sh', '-c', text), description: MEGABYTE}});
      expect(await record.death).toMatchObject({how: {kind: 'exited', code: 0}});
    }
  });
});
