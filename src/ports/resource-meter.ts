import type {ResourceUse} from '../core/resources.ts';

/** Measures how much of the machine is in use. */
export interface ResourceMeter {
  /**
   * The use since the call before (of the processor) and now (of memory). The first call can say nothing of the processor.
   * Takes well below a millisecond, and never throws.
   */
  read(): ResourceUse;
}
