import fc from 'fast-check';

/** Names that fold, that are special, or that are quite ordinary. */
export const anyName = fc.oneof(
  fc.constantFrom('a', 'b', 'A', 'src', 'SRC', 'a.', 'a ', '__proto__', 'constructor', 'a\u200d'),
  fc.constantFrom(
    'straße',
    'STRASSE',
    'ﬁ',
    'FI',
    'é',
    'e\u0301',
    'ς',
    'Σ',
    '가',
    '\u1e9e',
    'İ',
    'ı',
    'Ǆ',
    'ŉ',
  ),
  fc.string({unit: 'grapheme', minLength: 1, maxLength: 4}),
  fc.string({unit: 'binary', minLength: 1, maxLength: 3}),
);
/** What is no name, or more than one. */
const odd = fc.constantFrom(
  '.',
  '..',
  '',
  '*',
  '**',
  '?',
  '[a]',
  '{a,b}',
  'a*',
  '[!a]?',
  '@(a|b)',
  '{1..3}',
  '(',
);
/** Such segments, one below the other. */
export const joined = (segment: fc.Arbitrary<string>, lengthMax = 5): fc.Arbitrary<string> =>
  fc.array(segment, {minLength: 1, maxLength: lengthMax}).map((segments) => segments.join('/'));
/** Paths and patterns, of all kinds of names. */
export const anyText = joined(fc.oneof({arbitrary: anyName, weight: 3}, {arbitrary: odd, weight: 2}));
