/** Two tests on ground truth: one searches far, the other searches everything within a small bound. */
export const KILLER_FILES = ['test/property/world.test.ts', 'test/model/exhaustive.test.ts'] as const;

export type KillerFile = (typeof KILLER_FILES)[number];

/** One planted bug. `original` must stand in the file exactly once. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly original: string;
  readonly planted: string;
  /** The test files that have to fail, and the words that have to stand in their failures. */
  readonly killedBy: Readonly<Record<KillerFile, RegExp>>;
}

const byBoth = (because: RegExp): Mutant['killedBy'] => ({
  'test/property/world.test.ts': because,
  'test/model/exhaustive.test.ts': because,
});

/** The bugs that this program exists to not have, one each, and a few that would be as bad. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no-file-check',
    file: 'src/core/schedule.ts',
    original: 'const claim = claimInTheWay(state, one);',
    planted: 'const claim = null;',
    killedBy: byBoth(/broken promise: \S+ and \S+ run at once and could touch \S+/u),
  },
  {
    name: 'no-agent-check',
    file: 'src/core/admission.ts',
    original: 'agentIds(type).find((agentId) => state.lockTable.holderOf(agentId) === undefined)',
    planted: 'agentIds(type)[0]',
    killedBy: byBoth(/broken promise: \S+ and \S+ run at once and share the agent \S+/u),
  },
  {
    name: 'stale-fence-accepted',
    file: 'src/core/reports.ts',
    original: '!isLive(record.state) || record.state.fence !== report.fence',
    planted: '!isLive(record.state)',
    killedBy: byBoth(/broken promise: \S+ ended while its attempt was alive/u),
  },
  {
    name: 'cancel-overwritten',
    file: 'src/core/reports.ts',
    original:
      "if (record.state.name === 'running') {\n        decision.record({type: 'attempt.stopping', taskId, fence, cause: input.cause});",
    planted:
      "if (record.state.name !== 'queued') {\n        decision.record({type: 'attempt.stopping', taskId, fence, cause: input.cause});",
    killedBy: byBoth(
      /broken promise: \S+ (is tried again after it was cancelled|was cancelled, and its end is \S+)/u,
    ),
  },
  {
    name: 'freed-on-stop',
    file: 'src/core/evolve.ts',
    original: "return moveTask(state, event.taskId, {\n        name: 'stopping',",
    planted:
      "return moveTask(unlocked(state, event.fence, state.lockTable.release(event.fence)), event.taskId, {\n        name: 'stopping',",
    killedBy: byBoth(
      /broken promise: (\S+ and \S+ run at once and (share the agent|could touch) \S+|\d+ attempts run where \d+ may)/u,
    ),
  },
  {
    name: 'limit-off-by-one',
    file: 'src/core/lock-table.ts',
    original: 'return this.#parts.holds.size - this.#parts.quarantined;',
    planted: 'return Math.max(0, this.#parts.holds.size - this.#parts.quarantined - 1);',
    killedBy: byBoth(/broken promise: \d+ attempts run where \d+ may/u),
  },
  {
    name: 'leaked-owner',
    file: 'src/core/evolve.ts',
    original:
      'const released = unlocked(state, event.fence, state.lockTable.release(event.fence));\n  const record',
    planted: 'const released = state;\n  const record',
    killedBy: {
      'test/property/world.test.ts': /broken promise: (\S+ waits for nothing quarantined|.+ never ended)/u,
      'test/model/exhaustive.test.ts':
        /broken promise: (\S+ is queued and waits for nothing|1 attempts hold)/u,
    },
  },
  {
    name: 'no-reservation',
    file: 'src/core/queue/waiting-class.ts',
    original: 'if (overtakenBy.length < needed) return null;',
    planted: 'return null;',
    killedBy: byBoth(/broken promise: \S+ was overtaken more than \d+ times/u),
  },
  {
    name: 'overtakes-uncounted',
    file: 'src/core/schedule.ts',
    original: 'countsOvertakes(decision.state) ? overtaken.map((ahead) => headOf(ahead).taskId) : []',
    planted: '[]',
    killedBy: byBoth(/broken promise: \S+ was overtaken more than \d+ times/u),
  },
  {
    name: 'lost-wake-up',
    file: 'src/core/queue/class-places.ts',
    original: "for (const claim of held.writes) types = types.open(groupOf(waitsForClaim('write', claim)));",
    planted: '',
    killedBy: {
      'test/property/world.test.ts': /broken promise: (\S+ waits for nothing quarantined|.+ never ended)/u,
      'test/model/exhaustive.test.ts': /broken promise: \S+ is queued and waits for nothing/u,
    },
  },
  {
    name: 'dependent-starts-early',
    file: 'src/core/settle.ts',
    original: "if (record.state.unmet === 0) decision.record({type: 'task.queued', taskId, attempt: 1});",
    planted: "decision.record({type: 'task.queued', taskId, attempt: 1});",
    killedBy: byBoth(/broken promise: \S+ (starts|is queued) before \S+ succeeded/u),
  },
];

export const mutantNamed = (name: string): Mutant => {
  const mutant = MUTANTS.find((candidate) => candidate.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return mutant;
};
