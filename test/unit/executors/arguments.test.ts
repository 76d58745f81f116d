import {existsSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import {fillArgv} from '../../../src/executors/process/argv.ts';
import {nodeProgram, type ProcessCall, startProcess} from '../../support/attempts.ts';
import {taskSpec} from '../../support/task-spec.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const PRINT_ARGUMENTS = 'console.log(JSON.stringify(process.argv.slice(1)))';

/** The arguments that really arrived in a child. */
const argumentsSeen = async (call: ProcessCall): Promise<unknown> => {
  const {record} = startProcess(call);
  await record.death;
  return JSON.parse(record.lines('stdout').join('\n'));
};

const claims = (...texts: readonly string[]) =>
  texts.flatMap((text) => {
    const parsed = parseClaim(text);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    return parsed.value;
  });

describe('the arguments of a command', () => {
  test('a description with shell syntax, quotes and line ends arrives as one argument and runs nothing', async () => {
    const root = temporaryFolder();
    const description = `; $(touch owned) \`touch owned\` && touch owned "'\n| touch owned\t*`;
    const work = nodeProgram(PRINT_ARGUMENTS, '{prompt}');
    expect(await argumentsSeen({spec: {...work, description}, root})).toEqual([description]);
    expect(existsSync(path.join(root, 'owned'))).toBe(false);
  });

  test('a description that looks like options or is empty is still one argument', async () => {
    for (const description of ['--help', '-rf /', '', '{prompt}', '{files}']) {
      const work = nodeProgram(PRINT_ARGUMENTS, 'before', '{prompt}', 'after');
      const seen = await argumentsSeen({spec: {...work, description}});
      expect(seen).toEqual(['before', description, 'after']);
    }
  });

  test('{prompt} is replaced as a whole element only', async () => {
    const work = nodeProgram(PRINT_ARGUMENTS, 'do: {prompt}', '{prompt}', '{PROMPT}', '{prompt} ');
    const seen = await argumentsSeen({spec: {...work, description: 'text'}});
    expect(seen).toEqual(['do: {prompt}', 'text', '{PROMPT}', '{prompt} ']);
  });

  test('{files} becomes the claims, one argument each, and none for a task that writes nothing', async () => {
    const work = nodeProgram(PRINT_ARGUMENTS, '{files}', 'end');
    const writes = claims('src/a b.ts', 'docs/', 'test/**');
    expect(await argumentsSeen({spec: {...work, writes}})).toEqual(['src/a b.ts', 'docs/', 'test/**', 'end']);
    expect(await argumentsSeen({spec: {...work, writes: []}})).toEqual(['end']);
  });

  test('a claim that begins with "-" is no option', () => {
    const spec = taskSpec({writes: claims('-x', '--plugin=./x.js', 'src/-y')});
    expect(fillArgv(['x', '{files}'], spec)).toEqual(['x', './-x', './--plugin=./x.js', 'src/-y']);
  });

  test('what a replacement brings in is not replaced again', () => {
    const spec = taskSpec({description: '{files}', writes: claims('a.ts')});
    expect(fillArgv(['x', '{prompt}', '{files}'], spec)).toEqual(['x', '{files}', 'a.ts']);
  });
});
