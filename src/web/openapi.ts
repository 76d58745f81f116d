import {z} from 'zod';
import {EVENTS_PATH, errorSchema, ROUTES, resetSchema} from './contract.ts';

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const {$schema: _, ...rest} = z.toJSONSchema(schema, {io, unrepresentable: 'any'});
  return rest;
};

const content = (schema: object): object => ({'application/json': {schema}});

const ID = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id of a task.',
  schema: {type: 'string'},
} as const;

const REFUSED = {
  description: 'What is wrong, and what to do about it: docs/reference/errors.md.',
  content: content({$ref: '#/components/schemas/Error'}),
};

type Route = (typeof ROUTES)[keyof typeof ROUTES];

const operationOf = (name: string, route: Route): object => ({
  operationId: name,
  summary: route.says,
  ...(route.path.includes(':id') && {parameters: [ID]}),
  ...('body' in route && {
    requestBody: {
      required: name === 'submit' || name === 'limit',
      content: content(jsonSchema(route.body, 'input')),
    },
  }),
  responses: {
    200: {description: 'Done.', content: content(jsonSchema(route.answer, 'output'))},
    default: REFUSED,
  },
});

const EVENTS = {
  operationId: 'events',
  summary: 'Events as they happen, each once and in order; the id of one is its number.',
  description:
    'Server-sent events. Without a name: an event (docs/reference/events.md). `reset`: those that were asked for are not kept any more; the status that they led to, as in the schema Reset. `end`: the run is over.',
  parameters: [
    {
      name: 'since',
      in: 'query',
      description:
        'Begins after the event with this number; 0 begins with the first. Left out: with the next one.',
      schema: {type: 'integer', minimum: 0},
    },
    {
      name: 'Last-Event-ID',
      in: 'header',
      description: 'The same, as browsers say it when they come back.',
      schema: {type: 'integer', minimum: 0},
    },
  ],
  responses: {
    200: {description: 'Until the run ends.', content: {'text/event-stream': {schema: {type: 'string'}}}},
    default: REFUSED,
  },
};

/** The description of the local API that other programs read. */
export const openApiText = (): string => {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(ROUTES)) {
    const path = route.path.replace(':id', '{id}');
    paths[path] = {...paths[path], [route.method]: operationOf(name, route)};
  }
  paths[EVENTS_PATH] = {get: EVENTS};
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'The local API of Disjoint',
      version: '1',
      description: 'HTTP over the Unix socket of a repository, .disjoint/api.sock, for the user who runs it.',
    },
    servers: [{url: 'http://localhost'}],
    paths,
    components: {
      schemas: {Error: jsonSchema(errorSchema, 'output'), Reset: jsonSchema(resetSchema, 'output')},
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};
