import type {Claim, ClaimFailure, ClaimInput} from './claim/claim.ts';
import {companionsOf} from './claim/companions.ts';
import type {Look, Looks, LookUp} from './claim/look.ts';
import {parseClaim} from './claim/parse.ts';
import type {ParseOptions} from './claim/parse-options.ts';
import type {ClaimSets} from './lock-table.ts';
import {fail, ok, type Result} from './result.ts';
import {parseOptions, type Settings} from './settings.ts';
import type {TaskRequest} from './task.ts';

const inputOf = ({kind, raw, bare}: Claim): ClaimInput =>
  kind !== 'glob' ? {path: raw} : bare ? raw : {glob: raw};

/** Claims as they are now. What is no longer allowed stays as it was: whoever runs can still write there. */
interface Again {
  readonly claims: readonly Claim[];
  /** Why the first of those is not; `null` if all are. */
  readonly failure: ClaimFailure | null;
}

const again = (claims: readonly Claim[], options: ParseOptions): Again => {
  const fresh: Claim[] = [];
  let failure: ClaimFailure | null = null;
  for (const claim of claims) {
    if (claim.companionOf !== null) continue;
    const parsed = parseClaim(inputOf(claim), options);
    fresh.push(...(parsed.ok ? parsed.value : [claim]));
    if (!parsed.ok) failure ??= parsed.failure;
  }
  return {claims: fresh, failure};
};

/** What tells claims apart: the same text is another claim where it is a pattern. */
const nameOf = ({kind, bare, text}: Claim): string => `${kind === 'glob' ? (bare ? '*' : '{}') : ''} ${text}`;

/** Declared claims, and what comes along with them and is not declared itself. */
export const withCompanions = (
  writes: readonly Claim[],
  settings: Settings,
  look: LookUp | undefined,
): readonly Claim[] => {
  const known = new Set(writes.map(nameOf));
  const all = [...writes];
  for (const claim of writes) {
    for (const companion of companionsOf(claim, settings.companions, parseOptions(settings, look))) {
      if (known.has(nameOf(companion))) continue;
      known.add(nameOf(companion));
      all.push(companion);
    }
  }
  return all;
};

/** What a task holds as the disk shows it now. */
export interface Reclaimed {
  /** All its claims; one that is no longer allowed as it was before. */
  readonly sets: ClaimSets;
  /** Why the first of those is not allowed any more; `null` if all are. */
  readonly failure: ClaimFailure | null;
}

/** The claims of a task as the disk shows them now, each for itself: one that is refused hides nothing of the others. */
export const reclaimed = (sets: ClaimSets, settings: Settings, look: LookUp): Reclaimed => {
  const options = parseOptions(settings, look);
  const [writes, reads] = [again(sets.writes, options), again(sets.reads, options)];
  return {
    sets: {writes: withCompanions(writes.claims, settings, look), reads: reads.claims},
    failure: writes.failure ?? reads.failure,
  };
};

/** The same for a task that does not run yet. Fails if one of its claims is no longer allowed. */
export const reclaim = (
  sets: ClaimSets,
  settings: Settings,
  look: LookUp,
): Result<ClaimSets, ClaimFailure> => {
  const now = reclaimed(sets, settings, look);
  return now.failure === null ? ok(now.sets) : fail(now.failure);
};

/** A look that keeps what it tells, so that it can be handed on as data. */
export const recordedLooks = (
  look: (path: string) => Look,
): {readonly looks: Looks; readonly look: (path: string) => Look} => {
  const looks = new Map<string, Look>();
  return {
    looks,
    look: (path) => {
      const seen = looks.get(path) ?? look(path);
      looks.set(path, seen);
      return seen;
    },
  };
};

/** Looks at everything that these tasks claim, for the decision on them. Callers are not held to types. */
export const looksFor = (
  requests: readonly TaskRequest[],
  settings: Settings,
  look: (path: string) => Look,
): Looks => {
  const recorded = recordedLooks(look);
  const options = parseOptions(settings, recorded.look);
  const listed = (inputs: readonly ClaimInput[] | undefined): readonly Claim[] =>
    (Array.isArray(inputs) ? inputs : []).flatMap((input: ClaimInput) => {
      const parsed = parseClaim(input, options);
      return parsed.ok ? parsed.value : [];
    });
  for (const {agentType, files, reads} of requests) {
    const owned = settings.agentTypes.get(agentType)?.owns ?? [];
    withCompanions(files === undefined ? owned : listed(files), settings, recorded.look);
    listed(reads);
  }
  return recorded.looks;
};

/** Do they stand for the same files? */
export const isSameClaims = (a: ClaimSets, b: ClaimSets): boolean =>
  JSON.stringify([a.writes, a.reads]) === JSON.stringify([b.writes, b.reads]);
