import {CharSet, type Concatenation, type Element, NFA, type NoParent} from 'refa';
import {alternativesOf} from './small-paths.ts';

const LAST = 0x10_ff_ff;
const SLASH = CharSet.fromCharacter(LAST, 0x2f);
const NOT_SLASH = SLASH.negate();

type Part = NoParent<Element>;

const one = (characters: CharSet): Part => ({type: 'CharacterClass', characters});
const repeated = (elements: readonly Part[], min: 0 | 1): Part => ({
  type: 'Quantifier',
  alternatives: [{type: 'Concatenation', elements: [...elements]}],
  min,
  max: Number.POSITIVE_INFINITY,
  lazy: false,
});

const slash = one(SLASH);
const anything = repeated([one(NOT_SLASH)], 0);
const name = repeated([one(NOT_SLASH)], 1);

const codeOf = (letter: string): number => letter.codePointAt(0) ?? 0;

const classOf = (body: string, isNegated: boolean): CharSet => {
  const ranges = Array.from(body.matchAll(/(?<low>.)-(?<high>.)|(?<one>.)/gsu), ({groups = {}}) => ({
    min: codeOf(groups['low'] ?? groups['one'] ?? ''),
    max: codeOf(groups['high'] ?? groups['one'] ?? ''),
  }));
  const set = CharSet.empty(LAST).union(ranges);
  return (isNegated ? set.negate() : set).without(SLASH);
};

const segmentOf = (text: string): readonly Part[] => {
  if (/^\*+$/u.test(text)) return [name];
  return Array.from(text.matchAll(/\[(?<not>!?)(?<body>[^\]]+)\]|(?<letter>.)/gsu), ({groups = {}}) => {
    if (groups['body'] !== undefined) return one(classOf(groups['body'], groups['not'] === '!'));
    if (groups['letter'] === '*') return anything;
    if (groups['letter'] === '?') return one(NOT_SLASH);
    return one(CharSet.fromCharacter(LAST, codeOf(groups['letter'] ?? '')));
  });
};

/** What stands between two segments, with or without `**` between them. */
const between = (isMany: boolean): readonly Part[] =>
  isMany ? [slash, repeated([name, slash], 0)] : [slash];

const alternativeOf = (glob: string): NoParent<Concatenation> => {
  const segments = glob.split('/').filter((segment) => segment !== '');
  const elements: Part[] = [];
  let isMany = false;
  let isFirst = true;
  for (const segment of segments) {
    if (segment === '**') {
      isMany = true;
      continue;
    }
    if (!isFirst) elements.push(...between(isMany));
    else if (isMany) elements.push(repeated([name, slash], 0));
    elements.push(...segmentOf(segment));
    isMany = false;
    isFirst = false;
  }
  if (isFirst) elements.push(name);
  if (isMany) elements.push(repeated([slash, name], 0));
  return {type: 'Concatenation', elements};
};

/** The paths that a glob of stars, classes and braces stands for, as an automaton without lookarounds. */
export const automatonOf = (glob: string): NFA =>
  NFA.fromRegex(alternativesOf(glob).map(alternativeOf), {maxCharacter: LAST});
