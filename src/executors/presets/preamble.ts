import type {TaskSpec} from '../../core/task.ts';

/**
 * What every agent CLI is told before its task: which files are its own. A prompt that begins with this can also
 * never be read as an option.
 */
export const withPreamble = (spec: TaskSpec): string => {
  const files = spec.writes.map((claim) => `- ${claim.text}`).join('\n');
  const rules =
    spec.writes.length === 0
      ? 'This task is read-only: change no file.'
      : `Write only these files and folders, others are being changed by other agents right now:\n${files}\nIf you need to change any other file, stop and say which one and why.`;
  return `You are one of several agents at work in this repository.\n${rules}\nDo not run git commands that change anything.\n\nYour task:\n${spec.description}`;
};
