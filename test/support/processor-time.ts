/** The processor time it takes (ms): while other programs have their turn, none passes. */
const msOf = (act: () => unknown): number => {
  const before = process.cpuUsage();
  act();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1_000;
};

/**
 * Eight hundred thousand multiplications and twenty thousand short lists: about a millisecond of a processor that does nothing else.
 * Lists, because a busy machine slows what goes through memory more than what counts.
 */
const yardstick = (): number => {
  let product = 1;
  for (let i = 1; i < 800_000; i++) product = Math.imul(product, i | 1) ^ i;
  const kept: number[][] = [];
  for (let i = 0; i < 20_000; i++) kept[i & 1023] = [i, product, i + 1, product + 1];
  return product + kept.length;
};
for (let run = 0; run < 20; run++) yardstick();

/**
 * How long it takes, in milliseconds of a processor that does nothing else: measured in turn with the yardstick, so that
 * what slows the processor slows both. The least of several, for what else the machine does is not in it.
 */
export const leastMs = (act: () => unknown): number => {
  let [least, yard] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // Whatever is quick enough once is quick enough.
  for (let run = 0; run < 24 && least > 1; run++) {
    least = Math.min(least, msOf(act));
    if (least > 1) yard = Math.min(yard, msOf(yardstick));
  }
  return least <= 1 ? least : least / Math.max(1, yard);
};
