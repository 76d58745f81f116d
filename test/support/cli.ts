import {type ChildProcess, spawn} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {temporaryFolder} from './temporary-folder.ts';

/** The built program, as users get it. */
const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on its stdin; nothing if it is left out. */
  readonly input?: string;
}

/** Wherever the tests run, a program under test starts without wishes about colour, and as if in a CI job. */
const ENVIRONMENT = {FORCE_COLOR: '', NO_COLOR: '', CI: 'true'};

/** How the program is started. */
export const commandLine = (args: readonly string[]): readonly string[] => [process.execPath, CLI, ...args];

export const environmentFor = ({env = {}}: CliOptions): NodeJS.ProcessEnv => ({
  ...process.env,
  ...ENVIRONMENT,
  ...env,
});

/** Starts the program without waiting for it. */
export const startCli = (args: readonly string[], options: CliOptions): ChildProcess => {
  const {cwd, input} = options;
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: environmentFor(options),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return child;
};

/** Everything the program prints, and how it ended. */
export const resultOf = (child: ChildProcess): Promise<CliResult> =>
  new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('close', (code) => resolve({code, stdout, stderr}));
  });

export const runCli = (args: readonly string[], options: CliOptions): Promise<CliResult> =>
  resultOf(startCli(args, options));

/** Resolves when the program has printed something that matches. */
export const printed = (child: ChildProcess, pattern: RegExp): Promise<void> =>
  new Promise((resolve, reject) => {
    let text = '';
    const look = (chunk: Buffer): void => {
      text += chunk.toString();
      if (pattern.test(text)) resolve();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => reject(new Error(`it ended without printing ${pattern}:\n${text}`)));
  });

/** A folder with these files, outside any repository. */
export const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
};

/** A configuration whose agents run their description as a shell script. */
export const SHELL_CONFIG = `agents:
  dev: {command: [sh, -c, "{prompt}"]}
  ops: {command: [sh, -c, "{prompt}"]}
  reader: {readOnly: true, command: [sh, -c, "{prompt}"]}
`;
