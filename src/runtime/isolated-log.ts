import type {Log} from '../ports/log.ts';

/**
 * A logger that harms nobody: one that throws, because its disk is full or its stream has ended, loses its line and
 * nothing else.
 */
export const isolatedLog = (log: Log): Log => {
  const guard =
    (level: keyof Log) =>
    (fields: object, message: string): void => {
      try {
        log[level](fields, message);
      } catch {
        // There is nowhere left to say so.
      }
    };
  return {debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error')};
};
