import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {ofType, recordEvents, rejectionOf, SHELL, startOrchestrator} from '../support/orchestrators.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

describe('agent types that share a tag', () => {
  test('never run more tasks at once than its limit, as the tasks themselves see it', async () => {
    const repo = temporaryFolder();
    const orchestrator = await startOrchestrator({
      repo,
      maxParallel: 8,
      agents: {a: {...SHELL, tags: ['model-api']}, b: {...SHELL, tags: ['model-api']}, c: SHELL},
      limits: {'model-api': 1},
    });
    // A folder can be made once: whoever finds it there runs beside another.
    const alone = 'mkdir busy || echo x >> together; sleep 0.05; rmdir busy';
    const handles = orchestrator.submitMany(
      Array.from({length: 12}, (_, i) => ({
        agentType: i % 2 === 0 ? 'a' : 'b',
        description: alone,
        files: [`f${i}`],
      })),
    );
    const besides = orchestrator.submitMany(
      Array.from({length: 3}, (_, i) => ({agentType: 'c', description: 'sleep 0.05', files: [`g${i}`]})),
    );
    await Promise.all([...handles, ...besides].map(({result}) => result));
    expect(existsSync(path.join(repo, 'together'))).toBe(false);
    expect(orchestrator.summary().maxConcurrent).toBe(2);
  });

  test('rest together when one of them is rate-limited, and no task is lost', async () => {
    const repo = temporaryFolder();
    const orchestrator = await startOrchestrator({
      repo,
      agents: {
        a: {tags: ['model-api']},
        b: {...SHELL, tags: ['model-api']},
      },
    });
    const events = recordEvents(orchestrator);
    let calls = 0;
    const limited = orchestrator.submit({
      agentType: 'a',
      description: '',
      files: ['f'],
      run: () => {
        calls++;
        if (calls < 3) throw Object.assign(new Error('slow down'), {retryAfterMs: 300});
        return calls;
      },
    });
    expect(await limited.result).toBe(3);
    await orchestrator.submit({agentType: 'b', description: 'echo done > g', files: ['g']}).result;
    expect(readFileSync(path.join(repo, 'g'), 'utf8')).toBe('done\n');
    const paused = ofType(events, 'tag.paused');
    const resumed = ofType(events, 'tag.resumed');
    expect([paused.length, resumed.length]).toEqual([2, 2]);
    const starts = ofType(events, 'attempt.dispatched').map(({at}) => at);
    for (const {at, untilMs} of paused) {
      expect(starts.some((start) => start > at && start < untilMs)).toBe(false);
    }
  });

  test.each([
    ['E_TAG_UNKNOWN', {limits: {api: 1}}],
    ['E_OPTION', {limits: {'model-api': 0}}],
    ['E_OPTION', {limits: [1] as never}],
    ['E_AGENT_OPTION', {agents: {a: {tags: ['Model API']}}}],
    ['E_AGENT_OPTION', {agents: {a: {tags: ['x', 'x']}}}],
    ['E_TAGS_LIMITED', {agents: {a: {tags: ['x', 'y']}}, limits: {x: 1, y: 1}}],
  ])('%s', async (code, options) => {
    const agents = {a: {tags: ['model-api']}};
    expect(await rejectionOf(startOrchestrator({agents, ...options}))).toMatchObject({code});
  });
});
