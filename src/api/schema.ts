import {configJsonSchema, planJsonSchema} from '../config/schema.ts';

const text = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`;

/** The JSON schema of `disjoint.yaml`, for editors. */
export const configSchemaText = (): string => text(configJsonSchema());

/** The JSON schema of plan files, for editors. */
export const planSchemaText = (): string => text(planJsonSchema());
