/**
 * A stand-in for a coding agent: reads its task, takes its time, and really writes the files it claimed.
 *
 *     scripted-agent "write the login form (1.5 s)" src/login.ts ...
 *
 * It writes down when it really ran, so that whoever started it can be checked against that.
 */
import {appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

const [description = '', ...files] = process.argv.slice(2);
const taskId = process.env['DISJOINT_TASK'] ?? 'unknown';
const seconds = Number(/\((\d+(?:\.\d+)?) s\)/u.exec(description)?.[1] ?? '1');
const startedAt = Date.now();
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const STEPS = 5;

const readEverything = (): number =>
  readdirSync('.', {recursive: true, withFileTypes: true}).filter(
    (entry) => entry.isFile() && !entry.parentPath.includes('.git'),
  ).length;

print('reading the repository');
const count = readEverything();
for (let step = 1; step <= STEPS; step++) {
  await sleep((seconds * 1_000) / STEPS);
  if (files.length === 0) {
    print(`read-only: looked at ${Math.round((count * step) / STEPS)} of ${count} files`);
    continue;
  }
  for (const file of files) {
    mkdirSync(path.dirname(file), {recursive: true});
    appendFileSync(file, `// ${taskId}, step ${step} of ${STEPS}: ${description}\n`);
    print(`writing ${file}, step ${step} of ${STEPS}`);
  }
}
for (const file of files) {
  // What another agent wrote between our own lines would show here.
  const own = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-STEPS);
  if (own.length < STEPS || own.some((line) => !line.startsWith(`// ${taskId},`))) {
    print(`somebody else wrote ${file} meanwhile`);
    process.exitCode = 1;
  }
}
const record = JSON.stringify({taskId, startedAt, endedAt: Date.now()});
mkdirSync('.disjoint', {recursive: true});
writeFileSync(path.join('.disjoint', `ran-${taskId}.json`), record);
print('done');
