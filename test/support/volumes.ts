import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, realpathSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {afterEach} from 'vitest';

/** File systems on which two different names can be one file. */
export type VolumeKind = 'ntfs' | 'exfat' | 'zfs-caseless' | 'zfs-formkc' | 'ext4-casefold';

export const VOLUME_KINDS: readonly VolumeKind[] = [
  'ntfs',
  'exfat',
  'zfs-caseless',
  'zfs-formkc',
  'ext4-casefold',
];

/** A mounted volume. It is unmounted, and all of it is removed, when the test has finished. */
export interface Volume {
  readonly kind: VolumeKind;
  /** Where it is mounted: absolute, without symbolic links. It is empty, but for what its formatting makes. */
  readonly folder: string;
  /** What holds the volume: the bytes of the file system itself. */
  readonly image: string;
  /** Makes a new empty folder in it; its absolute path. */
  readonly freshFolder: () => string;
}

/** Why this machine cannot mount a volume, in one line. */
class VolumeMissing extends Error {}

interface Recipe {
  /** The Debian packages that hold its programs. */
  readonly packages: string;
  /** Shell: makes a file system in `image` and mounts it at `volume`, both in the current folder. */
  readonly mount: string;
  /** Shell: what there is to do once it is unmounted, however far `mount` has come. */
  readonly afterwards?: string;
}

/**
 * Of those that need no kernel of their own, the only one that also normalises. A machine has one daemon for all its
 * pools: tests wait for each other, and a machine with pools of its own is left alone.
 */
const zfs = (...properties: readonly string[]): Recipe => ({
  packages: 'zfs-fuse',
  mount: `exec 9<"$(command -v zfs-fuse || { echo 'zfs-fuse: not found' >&2; exit 1; })"
    flock 9
    if zpool list >log 2>&1 || [ -e /etc/zfs/zpool.cache ]; then echo 'ZFS is in use' >&2; exit 1; fi
    zfs-fuse --no-daemon --no-kstat-mount >log 2>&1 &
    daemon=$!
    until zpool list >/dev/null 2>&1; do kill -0 $daemon || { cat log >&2; exit 1; }; sleep 0.05; done
    truncate -s 1G image
    zpool create -f -o cachefile=none -O atime=off ${properties.map((property) => `-O ${property}`).join(' ')} \\
      -m "$PWD/volume" "disjoint-$$" "$PWD/image" 2>log || { cat log >&2; exit 1; }`,
  // Killed, as it takes four seconds to end when asked. There is nothing left that it could lose.
  afterwards: `if [ -n "\${daemon:-}" ]; then
      zpool destroy -f "disjoint-$$"
      kill -KILL $daemon
      wait $daemon
      rm -rf /run/zfs /run/lock/zfs
    fi`,
});

const RECIPES: Readonly<Record<VolumeKind, Recipe>> = {
  ntfs: {
    packages: 'ntfs-3g',
    mount: `truncate -s 256M image
      mkntfs -F -Q -q image >log 2>&1 || { tail -n 1 log >&2; exit 1; }
      lowntfs-3g -o ignore_case image volume`,
  },
  // It wants a block device. The device is told at once to go when nobody has it open any more.
  // With 512 bytes to the cluster, sixty thousand files of a few bytes fit.
  exfat: {
    packages: 'exfat-fuse and exfatprogs',
    mount: `truncate -s 256M image
      mkfs.exfat -c 512 image >/dev/null
      device=$(losetup --find --show image)
      mount.exfat-fuse "$device" volume >/dev/null || { losetup --detach "$device"; exit 1; }
      losetup --detach "$device"`,
  },
  'zfs-caseless': zfs('casesensitivity=insensitive', 'normalization=formKC'),
  'zfs-formkc': zfs('casesensitivity=sensitive', 'normalization=formKC'),
  'ext4-casefold': {
    packages: 'e2fsprogs, and a kernel with CONFIG_UNICODE',
    mount: `[ -e /sys/fs/ext4/features/casefold ] || { echo 'ext4 of this kernel knows no casefold' >&2; exit 1; }
      truncate -s 256M image
      mkfs.ext4 -q -N 80000 -O casefold -E encoding=utf8 image
      mount -o loop image volume
      rmdir volume/lost+found
      chattr +F volume`,
  },
};

/**
 * One shell has all that a volume needs, from its first byte to its last, and gives it back when its input ends. That
 * is when the test has finished, or when its process is gone, however it went: no killed test leaves a mount behind.
 */
const keeper = ({mount, afterwards = ''}: Recipe): string => `
  set -eu
  PATH="$PATH:/usr/sbin:/sbin"
  cd "$1"
  give_back() {
    set +e
    umount volume 2>/dev/null || umount --lazy volume 2>/dev/null
    ${afterwards}
    rm -rf --one-file-system "$1"
  }
  trap 'give_back "$1"' EXIT
  mkdir volume
  ${mount}
  echo mounted
  cat >/dev/null
`;

interface Kept {
  readonly volume: Volume;
  readonly giveBack: () => Promise<void>;
}

const keep = async (kind: VolumeKind): Promise<Kept> => {
  const recipe = RECIPES[kind];
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'volume-')));
  // In a group of its own: Ctrl-C is for the tests, and the shell has still to give the volume back after it.
  const shell = spawn('sh', ['-c', keeper(recipe), 'sh', scratch], {detached: true});
  const closed = once(shell, 'close');
  const complaints = text(shell.stderr);
  const isMounted = await Promise.race([
    once(shell.stdout, 'data').then(() => true),
    closed.then(() => false),
  ]);
  if (!isMounted) {
    const [complaint = ''] = (await complaints).split('\n');
    throw new VolumeMissing(`${complaint} (needs ${recipe.packages})`);
  }
  const giveBack = async (): Promise<void> => {
    shell.stdin.end();
    await closed;
  };
  const folder = path.join(scratch, 'volume');
  const freshFolder = (): string => mkdtempSync(path.join(folder, 'fresh-'));
  const volume = {kind, folder, image: path.join(scratch, 'image'), freshFolder};
  return {volume, giveBack};
};

const kept: Kept[] = [];

afterEach(async () => {
  await Promise.all(kept.splice(0).map(({giveBack}) => giveBack()));
});

/**
 * Makes a new volume and mounts it until the test has finished.
 *
 * @throws VolumeMissing if this machine cannot: a program is not installed, the kernel knows no such file system, or
 * the user may not mount.
 */
export const mountVolume = async (kind: VolumeKind): Promise<Volume> => {
  const one = await keep(kind);
  kept.push(one);
  return one.volume;
};

/** Why this machine cannot mount such a volume; undefined if it can. */
export const whyNotMounted = async (kind: VolumeKind): Promise<string | undefined> => {
  try {
    await (await keep(kind)).giveBack();
    return undefined;
  } catch (error) {
    if (error instanceof VolumeMissing) return error.message;
    throw error;
  }
};
