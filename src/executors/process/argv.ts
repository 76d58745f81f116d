import type {TaskSpec} from '../../core/task.ts';

/**
 * The arguments of a command: `{prompt}` becomes the description, verbatim and as one argument; `{files}` becomes
 * the claims, one argument each. Only whole elements are replaced: text inside an element could be read as more
 * than text. A claim that begins with "-" gets "./" before it, so that no program takes it for an option.
 */
export const fillArgv = (argv: readonly string[], spec: TaskSpec): readonly string[] =>
  argv.flatMap((element) => {
    if (element === '{prompt}') return [spec.description];
    if (element === '{files}') {
      // What comes along with a claim, a lockfile say, was not asked for by its author.
      const declared = spec.writes.filter(({companionOf}) => companionOf === null);
      return declared.map(({text}) => (text.startsWith('-') ? `./${text}` : text));
    }
    return [element];
  });
