import type {TaskSpec} from '../../core/task.ts';
import {presetNamed} from '../presets/index.ts';
import {type Launch, plainReader} from '../program.ts';
import {fillArgv} from './argv.ts';

/** Where a program runs. */
export interface LaunchPlace {
  /** Absolute path of the repository. */
  readonly root: string;
  /** A path for a file of this attempt alone, without extension. */
  readonly scratch: string;
}

/** How the program of a task is called. `null` for work that is not done by programs, or by none that is known here. */
export const launchOf = (spec: TaskSpec, {root, scratch}: LaunchPlace): Launch | null => {
  const {work} = spec;
  switch (work.kind) {
    case 'preset':
      return presetNamed(work.preset)?.launch({spec, args: work.args, root, scratch}) ?? null;
    case 'command': {
      const [program = '', ...args] = fillArgv(work.argv, spec);
      const stdin = work.prompt === 'stdin' ? spec.description : null;
      return {program, args, set: {}, stdin, file: null, reader: plainReader};
    }
    case 'function':
      return null;
  }
};
