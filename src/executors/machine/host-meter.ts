import os from 'node:os';
import path from 'node:path';
import type {ResourceUse} from '../../core/resources.ts';
import type {ResourceMeter} from '../../ports/resource-meter.ts';
import {ControlGroups, type KernelFolders} from './control-groups.ts';
import {numberNamed, smallFile} from './small-file.ts';

/** What the operating system tells, so that tests can tell something else. */
export interface Host {
  readonly folders: KernelFolders;
  readonly platform: NodeJS.Platform;
  /** Times (ms) of all processors together, since the start of the machine. */
  readonly processorTimes: () => {readonly idleMs: number; readonly allMs: number};
  /** Monotonic, in ms. */
  readonly now: () => number;
}

const processorTimes = (): {readonly idleMs: number; readonly allMs: number} => {
  let [idleMs, allMs] = [0, 0];
  for (const {times} of os.cpus()) {
    idleMs += times.idle;
    allMs += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return {idleMs, allMs};
};

const THIS_HOST: Host = {
  folders: {proc: '/proc', groups: '/sys/fs/cgroup'},
  platform: process.platform,
  processorTimes,
  now: () => performance.now(),
};

/** "some avg10=12.34": the share of the last ten seconds (percent) in which somebody had to wait. */
const pressureIn = (file: string): number | null => {
  const [, average] = /^some avg10=(\d+(?:\.\d+)?)/mu.exec(smallFile(file) ?? '') ?? [];
  return average === undefined ? null : Number(average);
};

/** The greatest of what is known, within 0 to 100. */
const greatest = (percents: readonly (number | null)[]): number | null => {
  const known = percents.filter((percent) => percent !== null && Number.isFinite(percent));
  return known.length === 0 ? null : Math.min(100, Math.max(0, ...known.map(Number)));
};

/** What was seen at the call before. */
interface Seen {
  readonly at: number;
  readonly idleMs: number;
  readonly allMs: number;
  /** By control group. */
  readonly usedMs: ReadonlyMap<string, number>;
}

/**
 * How busy this machine is, or the part of it that a container may use: the greatest of
 *
 * - the share of the processors' time, and of memory, that is in use on the whole machine,
 * - the share of what each control group above this process allows,
 * - the share of the last ten seconds in which somebody waited for it, where Linux tells (PSI).
 *
 * The memory of macOS is not measured: what it calls free says nothing of what could be had.
 */
export class HostMeter implements ResourceMeter {
  readonly #host: Host;
  readonly #groups: ControlGroups;
  #before: Seen | null = null;

  constructor(host: Host = THIS_HOST) {
    this.#host = host;
    this.#groups = new ControlGroups(host.folders);
  }

  read(): ResourceUse {
    return {
      cpu: greatest([...this.#processorShares(), ...this.#pressures('cpu')]),
      memory: greatest([...this.#memoryShares(), ...this.#pressures('memory')]),
    };
  }

  #processorShares(): readonly number[] {
    const limits = this.#groups.processorLimits();
    const before = this.#before;
    const now: Seen = {
      at: this.#host.now(),
      ...this.#host.processorTimes(),
      usedMs: new Map(limits.map(({name, usedMs}) => [name, usedMs])),
    };
    this.#before = now;
    if (before === null) return [];
    const passedMs = now.at - before.at;
    const shares = limits.map(({name, usedMs, processors}) => {
      const usedBefore = before.usedMs.get(name);
      return usedBefore === undefined ? Number.NaN : (100 * (usedMs - usedBefore)) / (passedMs * processors);
    });
    const idle = (now.idleMs - before.idleMs) / (now.allMs - before.allMs);
    return [100 * (1 - idle), ...shares];
  }

  #memoryShares(): readonly number[] {
    const limited = this.#groups
      .memoryLimits()
      .map(({usedBytes, limitBytes}) => (100 * usedBytes) / limitBytes);
    const table = path.join(this.#host.folders.proc, 'meminfo');
    const total = numberNamed(table, 'MemTotal');
    const available = numberNamed(table, 'MemAvailable');
    const whole = total === null || available === null ? [] : [100 * (1 - available / total)];
    return [...limited, ...whole];
  }

  #pressures(resource: 'cpu' | 'memory'): readonly (number | null)[] {
    return [
      pressureIn(path.join(this.#host.folders.proc, 'pressure', resource)),
      ...this.#groups.unified().map((folder) => pressureIn(path.join(folder, `${resource}.pressure`))),
    ];
  }
}

/** How many processors this process may use: what `maxParallel: auto` stands for, 1 or more. */
export const processorsAvailable = (): number => {
  const limits = new ControlGroups(THIS_HOST.folders).processorLimits();
  const allowed = Math.min(os.availableParallelism(), ...limits.map(({processors}) => processors));
  return Math.max(1, Math.floor(allowed));
};
