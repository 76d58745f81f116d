// @ts-check
import {spawn} from 'node:child_process';
import {closeSync, fsyncSync, openSync, renameSync, writeSync} from 'node:fs';
import {Socket} from 'node:net';
import path from 'node:path';

/*
 * Stands between the orchestrator and the program of one attempt: a program of its own, that waits to be told what to run.
 *
 * - It leads the process group that the program runs in, and is deaf to polite signals: these are for the program.
 * - Descriptor 3 leads to the orchestrator, which says there once what to run (a line of JSON) and is told what became of it. When
 *   the orchestrator is gone, however it ended, that end is closed, and the group is killed: nothing works on unwatched.
 * - How the program ended is written to a file, so that it is known also if nobody was there any more to be told. The
 *   file is there as a whole or not at all, also after a power failure.
 */

/** After SIGTERM, in ms. */
const GRACE_MS = 2_000;
/**
 * How long to wait (ms) before a failure is believed: a program whose output nobody takes any more fails, and that the
 * orchestrator is gone is known only a moment later.
 */
const DOUBT_MS = 50;

/** Where it is written down how the program ended. */
let resultFile = '';
const wire = new Socket({fd: 3, readable: true, writable: true});
let startedAt = performance.now();

let isRunning = false;
let isAlone = false;
let hasEnded = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'])
  process.on(signal, () => {});

/** @param {NodeJS.Signals} signal To the program, all that is still in its group, and for SIGKILL to this one as well. */
const signalGroup = (signal) => {
  try {
    process.kill(-process.pid, signal);
  } catch {
    // Nobody is left.
  }
};

const leftAlone = () => {
  if (isAlone || hasEnded) return;
  isAlone = true;
  if (!isRunning) {
    wire.destroy();
    return;
  }
  signalGroup('SIGTERM');
  setTimeout(() => signalGroup('SIGKILL'), GRACE_MS);
};

/** @param {object} message */
const tell = (message) => {
  if (!isAlone) wire.write(`${JSON.stringify(message)}\n`);
};

/** @param {object} result */
const keep = (result) => {
  const draft = `${resultFile}.draft`;
  try {
    const file = openSync(draft, 'w', 0o600);
    writeSync(file, `${JSON.stringify(result)}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(draft, resultFile);
    const folder = openSync(path.dirname(resultFile), 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    // A full disk: the orchestrator is told all the same, if it is there.
  }
};

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
const ended = (code, signal) => {
  if (hasEnded) return;
  hasEnded = true;
  // Whatever it says now, it was told to end.
  if (isAlone) {
    signalGroup('SIGKILL');
    return;
  }
  keep({code, signal, durationMs: Math.round(performance.now() - startedAt)});
  wire.end(`${JSON.stringify({type: 'ended', code, signal})}\n`, () => wire.destroy());
};

/** @param {string} line */
const run = (line) => {
  isRunning = true;
  const call = /** @type {import('./shim.ts').ShimCall} */ (JSON.parse(line));
  ({resultFile} = call);
  startedAt = performance.now();
  /** @param {unknown} error */
  const failed = (error) => {
    const {code = '', message} = /** @type {NodeJS.ErrnoException} */ (error);
    hasEnded = true;
    wire.end(`${JSON.stringify({type: 'failed', code, message})}\n`, () => wire.destroy());
  };
  try {
    const {file, args, env, cwd, hasStdin} = call;
    const stdin = hasStdin ? 'inherit' : 'ignore';
    const program = spawn(file, args, {env, cwd, shell: false, stdio: [stdin, 'inherit', 'inherit']});
    program.once('error', (error) => {
      if (program.pid === undefined) failed(error);
    });
    if (program.pid === undefined) return;
    tell({type: 'started', pid: program.pid});
    program.once('exit', (code, signal) => {
      if (code === 0) ended(code, signal);
      else setTimeout(() => ended(code, signal), DOUBT_MS);
    });
  } catch (error) {
    failed(error);
  }
};

let said = '';
wire.setEncoding('utf8');
wire.on('data', (text) => {
  said += text;
  if (!said.endsWith('\n')) return;
  run(said);
  said = '';
});
wire.on('error', leftAlone);
wire.on('end', leftAlone);
wire.on('close', leftAlone);
