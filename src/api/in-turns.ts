/** How long (ms) a calculation goes on before it lets others in. */
const TURN_MS = 50;

/** Finishes a long calculation in turns, so that signals, timers and attempts are not kept waiting. */
export const inTurns = async <Progress, Value>(
  calculation: Generator<Progress, Value>,
  tell: (progress: Progress) => void,
): Promise<Value> => {
  let since = performance.now();
  for (let turn = calculation.next(); ; turn = calculation.next()) {
    if (turn.done === true) return turn.value;
    tell(turn.value);
    if (performance.now() - since < TURN_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
};
