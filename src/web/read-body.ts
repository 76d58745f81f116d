import {isUtf8} from 'node:buffer';
import {DisjointError} from '../api/errors.ts';

/** What may be handed in at once. */
const BODY_BYTES_MAX = 1_000_000;

const tooLarge = (): DisjointError =>
  new DisjointError(
    'E_REQUEST_SIZE',
    `the request has more than ${BODY_BYTES_MAX} bytes`,
    'hand tasks in in several parts',
  );

/** The text of a request. Never has more of it in memory than is allowed, whatever it says of its length. */
const textOf = async (request: Request): Promise<string> => {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Node.js has not typed what comes out of it.
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = request.body?.getReader();
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    chunks.push(read.value);
    bytes += read.value.byteLength;
    if (bytes > BODY_BYTES_MAX) {
      await reader?.cancel();
      throw tooLarge();
    }
  }
  const all = Buffer.concat(chunks);
  if (isUtf8(all)) return all.toString();
  throw new DisjointError('E_REQUEST_SYNTAX', 'the request is no text', 'send JSON in UTF-8');
};

/**
 * The JSON of a request; an empty one is an empty object.
 *
 * @throws DisjointError `E_REQUEST_SIZE`, `E_REQUEST_TYPE`, `E_REQUEST_SYNTAX`.
 */
export const readBody = async (request: Request): Promise<unknown> => {
  const text = await textOf(request);
  if (text.trim() === '') return {};
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
  // A page of another site can send text without asking, and no JSON.
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new DisjointError(
      'E_REQUEST_TYPE',
      'the request does not say that it is JSON',
      'send it with "content-type: application/json"',
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DisjointError('E_REQUEST_SYNTAX', `the request is no JSON: ${why}`, 'send one JSON object');
  }
};
