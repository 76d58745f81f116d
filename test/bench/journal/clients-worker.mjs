// Clients of a socket in a thread of their own: a plain module, as a thread of tsx takes no other.
import {connect} from 'node:net';
import {createInterface} from 'node:readline';
import {parentPort, workerData} from 'node:worker_threads';

const {socketPath, clients, requests} = workerData;
let left = requests;

/** Hands in one after the other, each only once the one before was answered. */
const client = () =>
  new Promise((resolve) => {
    const socket = connect(socketPath);
    const next = () => {
      if (left-- > 0) socket.write('submit\n');
      else {
        socket.end();
        resolve();
      }
    };
    socket.on('connect', next);
    createInterface({input: socket}).on('line', next);
  });

const startedAt = performance.now();
await Promise.all(Array.from({length: clients}, client));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin.
parentPort?.postMessage(performance.now() - startedAt);
