import {Writable} from 'node:stream';
import pino from 'pino';
import {expect, test} from 'vitest';
import {startOrchestrator} from '../../support/orchestrators.ts';

test('a pino logger fits, and is told of every committed event', async () => {
  const lines: {level: number; msg: string; event?: string}[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  const orchestrator = await startOrchestrator({logger: pino({level: 'debug'}, sink)});
  await orchestrator.submit({agentType: 'dev', files: ['a'], run: () => {}}).result;
  const told = lines.filter(({msg}) => msg === 'committed').map(({event}) => event);
  expect(told).toEqual(expect.arrayContaining(['task.submitted', 'attempt.dispatched', 'task.succeeded']));
});
