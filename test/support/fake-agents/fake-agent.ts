import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {temporaryFolder} from '../temporary-folder.ts';

/** What a fake agent CLI does when it is called. */
export interface FakeBehaviour {
  /** Printed to stdout, one line each. */
  readonly lines: readonly string[];
  readonly stderr?: string;
  readonly exitCode?: number;
  /** What `--version` prints. Default: `NAME 1.2.3`. */
  readonly version?: string;
}

/** One call as the fake agent saw it. */
export interface FakeCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly stdin: string;
  readonly env: Readonly<Record<string, string>>;
  /** The text of files that its arguments name, as they were during the call. */
  readonly files: Readonly<Record<string, string>>;
}

const PROGRAM = `#!${process.execPath}
const fs = require('node:fs');
const behaviour = JSON.parse(fs.readFileSync(__filename + '.json', 'utf8'));
const args = process.argv.slice(2);
if (args.length === 1 && args[0] === '--version') {
  console.log(behaviour.version);
  process.exit(0);
}
const stdin = fs.readFileSync(0, 'utf8');
const files = {};
for (const arg of args) if (arg.startsWith('/') && fs.existsSync(arg)) files[arg] = fs.readFileSync(arg, 'utf8');
const call = {args, cwd: process.cwd(), stdin, env: process.env, files};
fs.writeFileSync(__filename + '.call', JSON.stringify(call));
process.stderr.write(behaviour.stderr);
process.stdout.write(behaviour.lines.map((line) => line + '\\n').join(''));
process.exitCode = behaviour.exitCode;
`;

/** A program on a PATH of its own that behaves like an agent CLI: it prints an event stream and ends. */
export class FakeAgent {
  readonly #file: string;
  /** The environment of somebody who has this CLI, and no other agent CLI. */
  readonly environment: Readonly<Record<string, string | undefined>>;

  constructor(name: string, behaviour: FakeBehaviour) {
    const folder = path.join(temporaryFolder(), 'bin');
    mkdirSync(folder);
    this.#file = path.join(folder, name);
    writeFileSync(this.#file, PROGRAM);
    chmodSync(this.#file, 0o755);
    const defaults = {stderr: '', exitCode: 0, version: `${name} 1.2.3`};
    writeFileSync(`${this.#file}.json`, JSON.stringify({...defaults, ...behaviour}));
    this.environment = {...process.env, PATH: `${folder}:/usr/bin:/bin`};
  }

  get path(): string {
    return this.#file;
  }

  /** The last call. Fails if it was never called. */
  get call(): FakeCall {
    if (!existsSync(`${this.#file}.call`)) throw new Error(`${this.#file} was never called`);
    return JSON.parse(readFileSync(`${this.#file}.call`, 'utf8')) as FakeCall;
  }
}
