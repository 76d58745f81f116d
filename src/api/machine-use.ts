import os from 'node:os';
import type {ResourceUse} from '../core/resources.ts';
import {HostMeter} from '../executors/machine/host-meter.ts';

/** How long the processors are watched to say how busy they are (ms). */
const LOOK_MS = 200;

export interface MachineUse extends ResourceUse {
  /** All memory that there is. */
  readonly memoryBytes: number;
}

/** Measures how much of this machine is in use, again and again: each time since the time before. */
export class MachineWatch {
  readonly #meter = new HostMeter();

  constructor() {
    this.#meter.read();
  }

  read(): MachineUse {
    return {...this.#meter.read(), memoryBytes: os.totalmem()};
  }

  /** The same for once, which takes a moment. */
  static async once(): Promise<MachineUse> {
    const watch = new MachineWatch();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    return watch.read();
  }
}
