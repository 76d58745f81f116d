import type {MissingProgram} from '../../api/project.ts';

/** What a person should read of a program that is not there, and what to do about it. */
export const missingProgramText = ({agentType, program, hint}: MissingProgram): string =>
  `${agentType} needs the program "${program}", which is not there; ${hint}`;
