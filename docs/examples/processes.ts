// Programs as tasks: each runs in the repository, in a process of its own, and may write what it claims.
// oxlint-disable no-console -- an example shows what it does.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createOrchestrator, type ProcessResult, TaskFailedError} from 'disjoint';

const repo = await mkdtemp(path.join(tmpdir(), 'disjoint-example-'));
// Here the program is a shell and the description its script; an agent CLI would be `{use: 'claude'}`.
const command = ['sh', '-c', '{prompt}'];
const orchestrator = await createOrchestrator({
  repo,
  agents: {
    writer: {command, owns: ['docs/**']},
    developer: {command, owns: ['src/**'], timeoutMs: 60_000},
  },
});

const guide = orchestrator.submit({
  agentType: 'writer',
  files: ['docs/guide.md'],
  description: 'mkdir -p docs; echo Guide > docs/guide.md',
});
const broken = orchestrator.submit({
  agentType: 'developer',
  files: ['src/a.ts'],
  description: 'echo no such command; exit 3',
});

const {exitCode, changed} = (await guide.result) as ProcessResult;
console.log(`it exited with ${exitCode} and changed ${changed?.join(', ')}`);
try {
  await broken.result;
} catch (error) {
  if (!(error instanceof TaskFailedError)) throw error;
  console.log(`${error.message}, its last words: ${error.failure.tail.join(' ')}`);
}
await orchestrator.shutdown();
await rm(repo, {recursive: true});
