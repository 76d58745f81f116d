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

const again = (claims: readonly Claim[], options: ParseOptions): Result<readonly Claim[], ClaimFailure> => {
  const fresh: Claim[] = [];
  for (const claim of claims) {
    if (claim.companionOf !== null) continue;
    const parsed = parseClaim(inputOf(claim), options);
    if (!parsed.ok) return parsed;
    fresh.push(...parsed.value);
  }
  return ok(fresh);
};

/** Declared claims, and what comes along with them and is not declared itself. */
export const withCompanions = (
  writes: readonly Claim[],
  settings: Settings,
  look: LookUp | undefined,
): readonly Claim[] => {
  const known = new Set(writes.map(({text}) => text));
  const all = [...writes];
  for (const claim of writes) {
    for (const companion of companionsOf(claim, settings.companions, parseOptions(settings, look))) {
      if (known.has(companion.text)) continue;
      known.add(companion.text);
      all.push(companion);
    }
  }
  return all;
};

/** The claims of a task as the disk shows them now. Fails if one of them is no longer allowed. */
export const reclaim = (
  sets: ClaimSets,
  settings: Settings,
  look: LookUp,
): Result<ClaimSets, ClaimFailure> => {
  const options = parseOptions(settings, look);
  const writes = again(sets.writes, options);
  if (!writes.ok) return fail(writes.failure);
  const reads = again(sets.reads, options);
  if (!reads.ok) return fail(reads.failure);
  return ok({writes: withCompanions(writes.value, settings, look), reads: reads.value});
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
