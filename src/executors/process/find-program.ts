import {execFile} from 'node:child_process';
import path from 'node:path';
import which from 'which';

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

/** The first line a program prints for `--version`; `null` if it prints none within 10 s. Never rejects. */
export const programVersion = (file: string, env: Readonly<Record<string, string>>): Promise<string | null> =>
  new Promise((resolve) => {
    const child = execFile(file, ['--version'], {env: {...env}, timeout: 10_000}, (error, stdout) => {
      const [first = ''] = stdout.trim().split('\n');
      resolve(error !== null || first === '' ? null : first);
    });
    // Some agent CLIs wait for their stdin even when asked for the version.
    child.stdin?.end();
  });
