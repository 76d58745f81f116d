import {type OverlapTest, overlapTest} from '../../api/claims.ts';
import {Project} from '../../api/project.ts';
import {findProject, type ProjectPlace} from '../../api/project-place.ts';
import {
  type ClaimInput,
  DisjointError,
  type OverlapExplained,
  overlap as overlapOf,
  type PathPolicy,
} from '../../index.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {type InputLine, inputLines, UNREADABLE} from '../input-lines.ts';
import {safe} from '../render/text.ts';

export interface OverlapOptions {
  readonly stdin?: true;
  readonly policy?: PathPolicy;
}

/** On which file systems the answer is which, and whose this one is. */
const differsText = ({meet, apart}: NonNullable<OverlapExplained['differs']>, isYes: boolean): string => {
  const says = [
    ...(meet.length === 0 ? [] : [`yes on ${meet.join(', ')}`]),
    ...(apart.length === 0 ? [] : [`no on ${apart.join(', ')}`]),
  ];
  return `${says.join('; ')}; ${isYes ? 'yes is the safe answer' : 'this volume was asked'}`;
};

/** The answer as a person reads it: yes or no with the reason, then what else there is to know. */
const answerText = ({overlap, reason, rule, example, differs}: OverlapExplained): readonly string[] => [
  `${overlap ? 'yes' : 'no'}: ${reason}`,
  `  rule     ${rule}`,
  ...(example === null ? [] : [`  example  ${example}`]),
  ...(differs === null ? [] : [`  differs  ${differsText(differs, overlap)}`]),
];

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isQuestion = (value: unknown): value is {readonly a: ClaimInput; readonly b: ClaimInput} =>
  isObject(value) && 'a' in value && 'b' in value;

const reject = (code: string, message: string): object => ({overlap: 'reject', code, message});

const answerLine = (line: InputLine, test: OverlapTest): object => {
  if (line === UNREADABLE) return reject('E_LINE', 'the line is longer than 1 MiB, or no UTF-8');
  let question: unknown = null;
  try {
    question = JSON.parse(line);
  } catch {
    // It is answered like any other line that asks nothing.
  }
  if (isObject(question) && ('a' in question || 'b' in question) && !isQuestion(question)) {
    const [there, missing] = 'a' in question ? ['a', 'b'] : ['b', 'a'];
    return reject('E_LINE', `the line has "${there}" and no "${missing}": it takes two claims`);
  }
  if (!isQuestion(question)) {
    return reject('E_LINE', 'the line is no JSON object such as {"a": "src/", "b": "src/a.ts"}');
  }
  const answer = test.ask(question.a, question.b);
  if (!answer.ok) {
    const {code, message} = answer.failure;
    return reject(code, message);
  }
  const {overlap, example, rule} = answer.value;
  return {overlap, ...(example !== null && {example}), rule};
};

/** One question per line, one answer per line, in order. The disk is looked at anew for what arrives together. */
const answerStdin = async ({terminal}: CommandContext, test: OverlapTest): CommandResult => {
  for await (const lines of inputLines(process.stdin)) {
    test.lookAgain();
    for (const line of lines) terminal.line(JSON.stringify(answerLine(line, test)));
    // Nothing may be dropped: a reader that takes its time is waited for, one that went away ends this.
    while (!(await terminal.flush()));
    if (terminal.isOver) break;
  }
  return ExitCode.ok;
};

/** The policy of the project, so that the answer is that of a run; of a configuration that is not valid, the safe one. */
const policyOf = async ({terminal}: CommandContext, place: ProjectPlace): Promise<PathPolicy> => {
  if (place.configFile === null) return 'portable';
  try {
    return (await Project.open(place)).config.pathPolicy;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    terminal.errorLine(
      safe(`disjoint: names are compared by the portable rules, as disjoint.yaml is not valid: ${reason}`),
    );
    return 'portable';
  }
};

/** `disjoint overlap A B`: exit 0 if the claims could touch the same file, 1 if not. */
export const overlap = async (
  context: CommandContext,
  claims: readonly string[],
  options: OverlapOptions,
): CommandResult => {
  const {terminal, globals, cwd} = context;
  const [a, b, ...more] = claims;
  const place = await findProject(globals.repo, cwd);
  const {root} = place;
  const policy = options.policy ?? (await policyOf(context, place));
  if (options.stdin === true) {
    if (a === undefined) return answerStdin(context, overlapTest({root, policy}));
    throw new DisjointError(
      'E_ARG_UNEXPECTED',
      '--stdin takes no claims as arguments',
      'write them to stdin',
    );
  }
  if (a === undefined || b === undefined) {
    throw new DisjointError(
      'E_ARG_MISSING',
      'two claims are needed',
      'write: disjoint overlap src/ src/a.ts',
    );
  }
  if (more.length > 0) {
    throw new DisjointError(
      'E_ARG_UNEXPECTED',
      `too many arguments: two claims were expected, and there are ${claims.length}`,
      'quote globs, so that the shell does not replace them with file names',
    );
  }
  const answer = overlapOf(a, b, {root, policy});
  if (globals.json === true) {
    const {differs, ...rest} = answer;
    terminal.line(JSON.stringify({...rest, ...(differs !== null && {differs})}));
  } else {
    for (const line of answerText(answer)) terminal.line(safe(line));
  }
  return answer.overlap ? ExitCode.ok : ExitCode.negative;
};
