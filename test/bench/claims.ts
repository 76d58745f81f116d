import picomatch from 'picomatch';
import {isDisjointWith} from 'refa';
import type {Claim, ClaimInput} from '../../dist/src/core/claim/claim.js';
import {overlap} from '../../dist/src/core/claim/overlap.js';
import {parseClaim} from '../../dist/src/core/claim/parse.js';
import {firstCollision, type Hold, LockTable} from '../../dist/src/core/lock-table.js';
import {automatonOf} from '../support/glob-automaton.ts';
import {spread} from './statistics.ts';

/** Nanoseconds for one of each, as medians of several rounds. */
export interface ClaimCost {
  readonly parsePathNs: number;
  readonly parseGlobNs: number;
  readonly pathPathNs: number;
  readonly pathGlobNs: number;
  /** Whether a glob matches a path, by picomatch, compiled before. */
  readonly picomatchNs: number;
  readonly globGlobNs: number;
  /** Whether two automata are disjoint, by refa, built before. */
  readonly refaNs: number;
  /** May a task of 16 files and directories start beside 64 running ones of as many? None of them is in its way. */
  readonly admissionNs: number;
  /** The same where a quarter of the claims are globs. */
  readonly admissionGlobsNs: number;
  /** The same by comparing all pairs, without the index. */
  readonly allPairsNs: number;
  /** A single glob without a leading directory, beside the same: it is compared with all. */
  readonly rootlessNs: number;
  readonly takeNs: number;
  readonly releaseNs: number;
}

const ROUNDS = 15;

/** The median time of one, over rounds of which each does as many as `run` says that it did. */
const nsPerOne = (run: () => number): number => {
  const times: number[] = [];
  run();
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    const done = run();
    times.push(((performance.now() - startedAt) * 1e6) / done);
  }
  return spread(times).p50;
};

const FOLDERS = [
  'src/core',
  'src/api',
  'src/cli/render',
  'packages/web/src',
  'packages/db/src',
  'docs/guides',
];
const paths = FOLDERS.flatMap((folder) => Array.from({length: 20}, (_, i) => `${folder}/module-${i}.ts`));
const globs = [
  ...FOLDERS.flatMap((folder) => [
    `${folder}/**`,
    `${folder}/*.ts`,
    `${folder}/**/*.test.ts`,
    `${folder}/*-[0-9].ts`,
    `${folder}/{a,b}-*.md`,
  ]),
  '**/*.md',
  '**/package.json',
  'packages/*/src/**/*.ts',
  'packages/*/test/**',
  '**/test/**/*.snap',
  'src/**/index.?s',
];

const claimsOf = (inputs: readonly ClaimInput[]): readonly Claim[] =>
  inputs.flatMap((input) => {
    const parsed = parseClaim(input);
    return parsed.ok ? parsed.value : [];
  });

/** How many pairs there are, for the time of one; what they say is summed up so that nothing is left out. */
let yes = 0;
const allPairs = <A, B>(all: readonly A[], others: readonly B[], test: (a: A, b: B) => boolean): number => {
  for (const a of all) for (const b of others) if (test(a, b)) yes++;
  return all.length * others.length;
};

const hold = (fence: number, inputs: readonly ClaimInput[]): Hold => ({
  fence,
  taskId: `t${fence}`,
  attempt: 1,
  agentId: `agent-${fence}`,
  writes: claimsOf(inputs),
  reads: [],
  quarantined: false,
  overlapped: false,
});

/** Sixteen claims of one task: files and directories, and some globs if asked for. */
const claimsOfTask = (task: number, isWithGlobs: boolean): readonly ClaimInput[] =>
  Array.from({length: 16}, (_, i) => {
    const folder = `${FOLDERS[i % FOLDERS.length]}/part-${task % 8}/unit-${task}`;
    if (i % 4 === 0) return `${folder}/dir-${i}/`;
    if (i % 4 === 1 && isWithGlobs) return {glob: `${folder}/**/*-${i}.{ts,md}`};
    return `${folder}/file-${i}.ts`;
  });

const admission = (
  isWithGlobs: boolean,
): {readonly ns: number; readonly table: LockTable; readonly next: Hold} => {
  let table = LockTable.empty();
  for (let task = 0; task < 64; task++) table = table.take(hold(task, claimsOfTask(task, isWithGlobs)));
  const next = hold(64, claimsOfTask(64, isWithGlobs));
  const ns = nsPerOne(() => {
    for (let i = 0; i < 500; i++) if (table.collides(next)) yes++;
    return 500;
  });
  return {ns, table, next};
};

/** What claims cost: to understand, to compare, to look for in what is held. */
export const claimCost = (): ClaimCost => {
  const [pathClaims, globClaims] = [claimsOf(paths), claimsOf(globs.map((glob) => ({glob})))];
  const matchers = globs.map((glob) => picomatch(glob, {dot: true, nocase: true}));
  const automata = globs.map((glob) => automatonOf(glob));
  const plain = admission(false);
  const mixed = admission(true);
  const held = mixed.table.holds();
  const rootless = hold(65, [{glob: '**/*.snap'}]);
  const taken = plain.table.take(plain.next);
  const repeat = (act: () => unknown): number => {
    for (let i = 0; i < 200; i++) if (act() === null) yes++;
    return 200;
  };
  return {
    parsePathNs: nsPerOne(() => claimsOf(paths).length),
    parseGlobNs: nsPerOne(() => claimsOf(globs.map((glob) => ({glob}))).length),
    pathPathNs: nsPerOne(() => allPairs(pathClaims, pathClaims, overlap)),
    pathGlobNs: nsPerOne(() => allPairs(pathClaims, globClaims, overlap)),
    picomatchNs: nsPerOne(() => allPairs(paths, matchers, (path, matches) => matches(path))),
    globGlobNs: nsPerOne(() => allPairs(globClaims, globClaims, overlap)),
    refaNs: nsPerOne(() => allPairs(automata, automata, (a, b) => !isDisjointWith(a, b))),
    admissionNs: plain.ns,
    admissionGlobsNs: mixed.ns,
    allPairsNs:
      nsPerOne(() => allPairs(held, [mixed.next], (a, b) => firstCollision(a, b) !== null)) * held.length,
    rootlessNs: nsPerOne(() => repeat(() => (mixed.table.collides(rootless) ? null : rootless))),
    takeNs: nsPerOne(() => repeat(() => plain.table.take(plain.next))),
    releaseNs: nsPerOne(() => repeat(() => taken.release(plain.next.fence))),
  };
};
