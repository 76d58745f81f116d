import path from 'node:path';
import {numberIn, numberNamed, smallFile} from './small-file.ts';

/** A control group that limits this process: it, or one above it. */
interface Level {
  /** Tells this limit from the others. */
  readonly name: string;
}

/** Processor time that may be used. */
export interface ProcessorLimit extends Level {
  /** Used so far, in ms of one processor. */
  readonly usedMs: number;
  /** How many processors' time is allowed. */
  readonly processors: number;
}

export interface MemoryLimit extends Level {
  /** In bytes, without what the kernel can take back at once. */
  readonly usedBytes: number;
  readonly limitBytes: number;
}

/** Where the kernel shows itself. */
export interface KernelFolders {
  /** `/proc` */
  readonly proc: string;
  /** `/sys/fs/cgroup` */
  readonly groups: string;
}

/** A folder and those above it, up to the root of the hierarchy: each may set a limit. */
const levelsOf = (root: string, below: string): readonly string[] => {
  const levels: string[] = [];
  for (let at = path.posix.normalize(`/${below}`); ; at = path.posix.dirname(at)) {
    levels.push(path.join(root, at));
    if (at === '/') return levels;
  }
};

/** The lines of `/proc/self/cgroup`: the controllers of a hierarchy, and the group of this process in it. */
const membership = (proc: string): ReadonlyMap<string, string> => {
  const paths = new Map<string, string>();
  for (const line of smallFile(path.join(proc, 'self/cgroup'))?.split('\n') ?? []) {
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/u.exec(line) ?? [];
    if (controllers === undefined || group === undefined) continue;
    for (const controller of controllers.split(',')) paths.set(controller, group);
  }
  return paths;
};

const fromUnified = (folder: string): ProcessorLimit | null => {
  const [, quota, period] = /^(\d+) (\d+)/u.exec(smallFile(path.join(folder, 'cpu.max')) ?? '') ?? [];
  const usedUs = numberNamed(path.join(folder, 'cpu.stat'), 'usage_usec');
  if (quota === undefined || period === undefined || usedUs === null) return null;
  return {name: folder, usedMs: usedUs / 1_000, processors: Number(quota) / Number(period)};
};

const fromVersion1 = (quotaFolder: string, usageFolder: string): ProcessorLimit | null => {
  // Without a limit it says -1.
  const quota = numberIn(path.join(quotaFolder, 'cpu.cfs_quota_us'));
  const period = numberIn(path.join(quotaFolder, 'cpu.cfs_period_us'));
  const usedNs = numberIn(path.join(usageFolder, 'cpuacct.usage'));
  if (quota === null || period === null || period === 0 || usedNs === null) return null;
  return {name: quotaFolder, usedMs: usedNs / 1_000_000, processors: quota / period};
};

const memoryFrom = (
  folder: string,
  limitFile: string,
  usedFile: string,
  reclaimable: string,
): MemoryLimit | null => {
  const limitBytes = numberIn(path.join(folder, limitFile));
  const usedBytes = numberIn(path.join(folder, usedFile));
  if (limitBytes === null || limitBytes === 0 || usedBytes === null) return null;
  const cached = numberNamed(path.join(folder, 'memory.stat'), reclaimable) ?? 0;
  return {name: folder, usedBytes: Math.max(0, usedBytes - cached), limitBytes};
};

const present = <T>(values: readonly (T | null)[]): readonly T[] => values.filter((value) => value !== null);

/**
 * The limits that the control groups of this process set, of version 1 and 2. None where there are no control groups.
 *
 * Source: cgroups(7), and "Control Group v2" in the documentation of the kernel.
 */
export class ControlGroups {
  readonly #folders: KernelFolders;
  readonly #groups: ReadonlyMap<string, string>;

  constructor(folders: KernelFolders) {
    this.#folders = folders;
    this.#groups = membership(folders.proc);
  }

  processorLimits(): readonly ProcessorLimit[] {
    const unified = this.#levels('', '').map(fromUnified);
    const quotas = this.#levels('cpu', 'cpu');
    const usages = this.#levels('cpuacct', 'cpuacct');
    return present([...unified, ...quotas.map((folder, i) => fromVersion1(folder, usages[i] ?? folder))]);
  }

  memoryLimits(): readonly MemoryLimit[] {
    return present([
      ...this.#levels('', '').map((folder) =>
        memoryFrom(folder, 'memory.max', 'memory.current', 'inactive_file'),
      ),
      ...this.#levels('memory', 'memory').map((folder) =>
        memoryFrom(folder, 'memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'),
      ),
    ]);
  }

  /** The folders of the unified hierarchy that this process is in, its own first. */
  unified(): readonly string[] {
    return this.#levels('', '');
  }

  #levels(controller: string, folder: string): readonly string[] {
    const group = this.#groups.get(controller);
    return group === undefined ? [] : levelsOf(path.join(this.#folders.groups, folder), group);
  }
}
