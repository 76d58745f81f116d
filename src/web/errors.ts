import {DisjointError} from '../api/errors.ts';

/** Statuses of HTTP for the codes of errors. Whatever is wrong with what somebody asks for is a bad request. */
const STATUSES: Readonly<Record<string, 404 | 405 | 409 | 413 | 415 | 500 | 503>> = {
  E_TASK_UNKNOWN: 404,
  E_REQUEST_PATH: 404,
  E_REQUEST_METHOD: 405,
  E_TASK_FINISHED: 409,
  E_TASK_NOT_RETRIABLE: 409,
  E_RETRY_DEPENDENCY: 409,
  E_TASK_KEY: 409,
  E_TASK_DUPLICATE: 409,
  E_NOT_ACCEPTING: 409,
  E_NOT_NOW: 409,
  E_REQUEST_SIZE: 413,
  E_REQUEST_TYPE: 415,
  E_STORE: 503,
  E_INTERNAL: 500,
};

export const statusOf = ({code}: DisjointError): 400 | 404 | 405 | 409 | 413 | 415 | 500 | 503 =>
  STATUSES[code] ?? 400;

export const asDisjointError = (error: unknown): DisjointError => {
  if (error instanceof DisjointError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new DisjointError('E_INTERNAL', `Internal error: ${message}`, 'report it');
};

/** As it goes over the wire: the same that commands print with `--json`. */
export const errorBody = ({code, message, field, hint}: DisjointError): object => ({
  error: {code, message, field, hint, docs: `docs/reference/errors.md#${code.toLowerCase()}`},
});
