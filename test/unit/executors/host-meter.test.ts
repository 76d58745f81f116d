import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {ControlGroups} from '../../../src/executors/machine/control-groups.ts';
import {type Host, HostMeter, processorsAvailable} from '../../../src/executors/machine/host-meter.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

type Files = Readonly<Record<string, string>>;

/** A machine whose kernel says what these files say. */
class FakeHost implements Host {
  readonly platform = 'linux';
  readonly #root = temporaryFolder();
  readonly folders = {proc: path.join(this.#root, 'proc'), groups: path.join(this.#root, 'groups')};
  at = 0;
  idleMs = 0;
  allMs = 0;

  constructor(files: Files) {
    this.write(files);
  }

  readonly now = (): number => this.at;
  readonly processorTimes = (): {readonly idleMs: number; readonly allMs: number} => ({
    idleMs: this.idleMs,
    allMs: this.allMs,
  });

  write(files: Files): void {
    for (const [file, text] of Object.entries(files)) {
      const full = path.join(this.#root, file);
      mkdirSync(path.dirname(full), {recursive: true});
      writeFileSync(full, text);
    }
  }

  /** So many seconds pass, in which two processors were idle for so much of the time. */
  pass(seconds: number, idleShare: number): void {
    this.at += seconds * 1_000;
    this.allMs += 2 * seconds * 1_000;
    this.idleMs += 2 * seconds * 1_000 * idleShare;
  }
}

const MEMINFO = 'MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    600 kB\n';

describe('how busy the machine is', () => {
  test('the share of the time since the look before in which its processors worked, and of its memory that is taken', () => {
    const host = new FakeHost({'proc/meminfo': MEMINFO});
    const meter = new HostMeter(host);
    expect(meter.read()).toEqual({cpu: null, memory: 40});
    host.pass(5, 0.25);
    expect(meter.read()).toEqual({cpu: 75, memory: 40});
    host.pass(5, 1);
    expect(meter.read()).toEqual({cpu: 0, memory: 40});
  });

  test('the share of what its control groups allow, also of one above it (version 2)', () => {
    const group = 'groups/a/b';
    const host = new FakeHost({
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '0::/a/b\n',
      [`${group}/cpu.max`]: 'max 100000\n',
      [`${group}/cpu.stat`]: 'usage_usec 0\nuser_usec 0\n',
      'groups/a/cpu.max': '50000 100000\n',
      'groups/a/cpu.stat': 'usage_usec 1000000\n',
      [`${group}/memory.max`]: '1000\n',
      [`${group}/memory.current`]: '900\n',
      [`${group}/memory.stat`]: 'anon 1\ninactive_file 150\n',
    });
    const meter = new HostMeter(host);
    expect(meter.read().memory).toBe(75);
    host.pass(4, 0.9);
    // 1.8 s of the 2 s that half a processor has in 4 s.
    host.write({'groups/a/cpu.stat': 'usage_usec 2800000\n'});
    expect(meter.read().cpu).toBeCloseTo(90);
  });

  test('the same where the controllers have hierarchies of their own (version 1)', () => {
    const host = new FakeHost({
      'proc/self/cgroup': '5:memory:/m\n4:cpu,cpuacct:/c\n1:name=systemd:/\n0::/\n',
      'groups/cpu/c/cpu.cfs_quota_us': '100000\n',
      'groups/cpu/c/cpu.cfs_period_us': '100000\n',
      'groups/cpuacct/c/cpuacct.usage': '0\n',
      'groups/cpu/cpu.cfs_quota_us': '-1\n',
      'groups/cpu/cpu.cfs_period_us': '100000\n',
      'groups/memory/m/memory.limit_in_bytes': '1000\n',
      'groups/memory/m/memory.usage_in_bytes': '950\n',
      'groups/memory/m/memory.stat': 'total_inactive_file 100\n',
      'groups/memory/memory.limit_in_bytes': '9223372036854771712\n',
      'groups/memory/memory.usage_in_bytes': '950\n',
    });
    const meter = new HostMeter(host);
    expect(meter.read().memory).toBe(85);
    host.pass(10, 0.5);
    host.write({'groups/cpuacct/c/cpuacct.usage': '8000000000\n'});
    expect(meter.read().cpu).toBe(80);
    const [limit] = new ControlGroups(host.folders).processorLimits();
    expect(limit?.processors).toBe(1);
  });

  test('how much somebody had to wait counts if it is more (PSI)', () => {
    const host = new FakeHost({
      'proc/meminfo': MEMINFO,
      'proc/pressure/cpu': 'some avg10=12.50 avg60=0.00 avg300=0.00 total=1\n',
      'proc/pressure/memory': 'some avg10=81.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=99.00 total=0\n',
    });
    expect(new HostMeter(host).read()).toEqual({cpu: 12.5, memory: 81});
  });

  test('nothing is said of what the kernel does not tell, or tells in another way', () => {
    expect(new HostMeter(new FakeHost({})).read()).toEqual({cpu: null, memory: null});
    const odd = new FakeHost({
      'proc/meminfo': 'MemTotal: many\n',
      'proc/self/cgroup': 'nonsense\n0::/../../..\n',
      'proc/pressure/cpu': 'full\n',
      'groups/cpu.max': '10\n',
    });
    expect(new HostMeter(odd).read()).toEqual({cpu: null, memory: null});
  });

  test('of this machine it gives percentages, and a whole number of processors', () => {
    const meter = new HostMeter();
    meter.read();
    const until = performance.now() + 200;
    while (performance.now() < until);
    const {cpu, memory} = meter.read();
    expect(cpu).toBeGreaterThan(0);
    expect(cpu).toBeLessThanOrEqual(100);
    for (const percent of [memory].filter((one) => one !== null)) {
      expect(percent).toBeGreaterThan(0);
      expect(percent).toBeLessThanOrEqual(100);
    }
    expect(processorsAvailable()).toBeGreaterThanOrEqual(1);
    expect(Number.isInteger(processorsAvailable())).toBe(true);
  });
});
