import net from 'node:net';
import {withSocketPath} from './socket-path.ts';

/** What connect(2) says where nobody listens: there is no socket, or one whose process is dead. */
const NOBODY: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ECONNREFUSED']);

/**
 * Opens a connection to a socket, which may have a longer path than sockets can have. The link of it is gone again once the
 * call returns: connect(2) is done by then.
 */
export const connectTo = (socket: string): net.Socket => withSocketPath(socket, (path) => net.connect(path));

/**
 * Does a process listen on this socket? Also one that is stopped, or does not keep up: the kernel answers for it.
 *
 * @throws Error of the system, if one may not ask.
 */
export const isListening = (socket: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const connection = connectTo(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', (error: NodeJS.ErrnoException) => {
      connection.destroy();
      if (NOBODY.has(error.code)) resolve(false);
      // So many wait to be accepted that there is no room for one more.
      else if (error.code === 'EAGAIN') resolve(true);
      // Whoever listened died in that moment.
      else if (error.code === 'ECONNRESET') resolve(isListening(socket));
      else reject(error);
    });
  });
