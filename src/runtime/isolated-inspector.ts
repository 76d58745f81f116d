import type {InspectionEvent, Observer} from 'xstate';

/** XState's own inspection observer, or its `next` alone. */
export type Inspector = Observer<InspectionEvent> | ((event: InspectionEvent) => void);

/**
 * An inspector that can harm nobody: one that throws is reported, and told nothing more.
 *
 * XState calls inspectors in the middle of transitions and passes on what they throw, which fails the actor: a
 * broken tool would end the whole orchestrator.
 */
export const isolatedInspector = (
  inspector: Inspector,
  onFault: (error: unknown) => void,
): ((event: InspectionEvent) => void) => {
  let isCutOff = false;
  return (event) => {
    if (isCutOff) return;
    try {
      if (typeof inspector === 'function') inspector(event);
      else inspector.next?.(event);
    } catch (error) {
      isCutOff = true;
      onFault(error);
    }
  };
};
