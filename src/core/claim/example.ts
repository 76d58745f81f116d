import {ANY, type CharSet, common, holds} from './char-set.ts';
import type {Form} from './claim.ts';
import {refuseSegment} from './refuse-text.ts';
import {type Character, type Segment, segmentsMeet} from './segment.ts';
import {MANY, type Sequence, type Work} from './sequence.ts';

/** An example that takes more steps than this is not looked for: no person wrote these patterns. */
const STEPS_MAX = 20_000;

/** What both patterns have in common at one place; `MANY` where both leave it open. */
type Step<T> = T | typeof MANY;

/**
 * The shortest sequence of things that both patterns stand for, with a `MANY` wherever both leave open what else may
 * stand there; `null` if there is none.
 *
 * The product of the two automata, walked breadth first. It answers the same question as `sequencesMeet` by another
 * way, which the tests compare.
 */
const shortest = <T extends object | string | number>(
  a: Sequence<T>,
  b: Sequence<T>,
  both: (a: T, b: T, work: Work) => T | null,
  work: Work,
): readonly Step<T>[] | null => {
  const width = b.length + 1;
  const goal = a.length * width + b.length;
  const cameFrom = new Map<number, {readonly cell: number; readonly step: Step<T> | undefined}>();
  cameFrom.set(0, {cell: -1, step: undefined});
  // Steps that take nothing come first, so that cells are met in the order of the length of what led to them.
  let now = [0];
  while (now.length > 0 && !cameFrom.has(goal)) {
    const later: number[] = [];
    const visit = (cell: number, from: number, step: Step<T> | undefined): boolean => {
      if (cameFrom.has(cell)) return false;
      cameFrom.set(cell, {cell: from, step});
      return true;
    };
    for (let next = 0; next < now.length; next++) {
      if (--work.left < 0) return null;
      const cell = now[next] ?? 0;
      const [i, j] = [Math.floor(cell / width), cell % width];
      const left = a[i];
      const right = b[j];
      if (left === MANY && right === MANY) {
        if (visit(cell + width, cell, MANY)) now.push(cell + width);
        if (visit(cell + 1, cell, MANY)) now.push(cell + 1);
        continue;
      }
      if (left === MANY && visit(cell + width, cell, undefined)) now.push(cell + width);
      if (right === MANY && visit(cell + 1, cell, undefined)) now.push(cell + 1);
      if (left === MANY && right != null && visit(cell + 1, cell, right)) later.push(cell + 1);
      if (right === MANY && left != null && visit(cell + width, cell, left)) later.push(cell + width);
      if (left != null && right != null) {
        const one = both(left, right, work);
        if (one !== null && visit(cell + width + 1, cell, one)) later.push(cell + width + 1);
      }
    }
    now = later;
  }
  if (!cameFrom.has(goal)) return null;
  const steps: Step<T>[] = [];
  for (let at = cameFrom.get(goal); at !== undefined && at.cell !== -1; at = cameFrom.get(at.cell)) {
    if (at.step !== undefined) steps.unshift(at.step);
  }
  return steps;
};

const FILLER = 'x';
/** Tried first, so that an example looks like a name. */
const PLEASANT = 'xabcdefghijklmnopqrstuvwyz0123456789_-+@#=%,';
/** Below are blanks and what nobody sees; those after it are tried one by one. */
const FIRST_VISIBLE = 0x21;
const TRIED_MAX = 100;
/** They mean something at their place in a name, or on some host. */
const AWKWARD = /[./\\:~"*?<>|\p{C}\p{Z}]/u;

const oneOf = ({ranges}: CharSet): number => {
  for (const letter of PLEASANT) {
    const codePoint = letter.codePointAt(0) ?? 0;
    if (holds({ranges}, codePoint)) return codePoint;
  }
  for (let i = 0; i < ranges.length; i += 2) {
    const low = Math.max(ranges[i] ?? 0, FIRST_VISIBLE);
    const high = Math.min(ranges[i + 1] ?? -1, low + TRIED_MAX);
    for (let one = low; one <= high; one++) if (!AWKWARD.test(String.fromCodePoint(one))) return one;
  }
  return ranges[0] ?? 0;
};

const bothCharacters = (a: Character, b: Character): Character | null => {
  if (typeof a === 'number') {
    if (typeof b === 'number') return a === b ? a : null;
    return holds(b, a) ? a : null;
  }
  if (typeof b === 'number') return holds(a, b) ? b : null;
  // What both hold in any case shows best why they meet.
  const certain = common({ranges: a.certain ?? a.ranges}, {ranges: b.certain ?? b.ranges});
  const set = certain.ranges.length === 0 ? common(a, b) : certain;
  return set.ranges.length === 0 ? null : set;
};

const spell = (steps: readonly Step<Character>[]): string => {
  let name = '';
  for (const [i, step] of steps.entries()) {
    // Where anything may stand, only a name that begins or ends with it gets a letter: `x.ts` reads better than `.ts`.
    if (step === MANY) name += i === 0 || i === steps.length - 1 ? FILLER : '';
    else name += String.fromCodePoint(typeof step === 'number' ? step : oneOf(step));
  }
  return name;
};

/** A name that both segments stand for; `null` if there is none. */
const bothSegments = (a: Segment, b: Segment, work: Work): Segment | null => {
  if (typeof a === 'string') return segmentsMeet(a, b, work) ? a : null;
  if (typeof b === 'string') return segmentsMeet(a, b, work) ? b : null;
  const steps = shortest(a.characters, b.characters, bothCharacters, work);
  return steps === null ? null : spell(steps);
};

const spellSegment = (segment: Segment, work: Work): string => {
  if (typeof segment === 'string') return segment;
  const any: Segment = {characters: [MANY], head: '', tail: '', isAffix: true, written: '*'};
  return spell(shortest(segment.characters, any.characters, bothCharacters, work) ?? [ANY]);
};

/**
 * A path that both forms stand for, as folded segments; `null` if there is none that a task may write, or if the
 * patterns are too large to look for one. From `aFrom` and `bFrom` segments on.
 */
export const exampleOf = (a: Form, aFrom: number, b: Form, bFrom: number): readonly string[] | null => {
  const work: Work = {left: STEPS_MAX};
  const steps = shortest(a.segments.slice(aFrom), b.segments.slice(bFrom), bothSegments, work);
  if (steps === null) return null;
  const path = steps.flatMap((step) => (step === MANY ? [] : [spellSegment(step, work)]));
  // What was answered after the last step was the safe answer, and no example.
  if (work.left < 0) return null;
  // Below a directory that both cover, something more telling than the directory itself.
  if (steps.at(-1) === MANY) path.push(FILLER);
  // They may meet only where no task may write, such as in `.git`, or in a name that means another.
  const isOdd = path.some((one) => /[. ]$/u.test(one) || refuseSegment(one, one) !== null);
  return isOdd ? null : path;
};
