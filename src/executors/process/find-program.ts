import {randomUUID} from 'node:crypto';
import path from 'node:path';
import which from 'which';
import {MARK_NAME} from './descendants.ts';
import {VERSION_MS, VersionProbe} from './version-probe.ts';

/**
 * The absolute path of a program: by name on PATH, or by a path relative to `cwd`. `null` if nothing executable is
 * there.
 */
export const findProgram = async (
  program: string,
  cwd: string,
  searchPath: string | undefined,
): Promise<string | null> => {
  const isPath = program.includes('/');
  const found = await which(isPath ? path.resolve(cwd, program) : program, {
    nothrow: true,
    ...(searchPath !== undefined && {path: searchPath}),
  });
  return found === null ? null : path.resolve(cwd, found);
};

/**
 * The first line a program prints for `--version`; `null` if it prints none in time or before it is cancelled: then it
 * is killed, with all that it started. Never rejects.
 */
export const programVersion = async (
  file: string,
  env: Readonly<Record<string, string>>,
  cancelled?: AbortSignal,
): Promise<string | null> => {
  if (cancelled?.aborted === true) return null;
  const mark = `version-${randomUUID()}.`;
  // Without a group of its own: whoever asks waits at a terminal, and Ctrl-C there has to reach it.
  const probe = new VersionProbe({
    file,
    env: {...env, [MARK_NAME]: `${env[MARK_NAME] ?? ''}${mark}`},
    mark,
    ownGroup: false,
  });
  const stop = (): void => probe.stop();
  // Not one signal made of both by AbortSignal.any: Node.js 20 may collect it as garbage before it is aborted.
  const limits = [AbortSignal.timeout(VERSION_MS), ...(cancelled === undefined ? [] : [cancelled])];
  for (const limit of limits) limit.addEventListener('abort', stop, {once: true});
  const version = await probe.answer;
  for (const limit of limits) limit.removeEventListener('abort', stop);
  return version;
};
