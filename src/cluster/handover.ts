/**
 * Connections under way from the primary to a worker. Node's round robin sends the socket and waits for the worker's
 * word; when the worker dies first, the channel keeps waiting for that word, `disconnect` never comes, the dead worker
 * stays in turn and the socket open and forgotten: its client hangs for good (Node 20 to 26; 4 of 6 kills under eight
 * connecting clients, 0 of 6 with this file). Here the worker is taken out of turn and the connection goes to the next.
 */
import type { Worker } from 'node:cluster';

/** What Node's cluster module says over the channel: an offer carries `seq`, the answer to it the same number as `ack`. */
interface ClusterWord {
  readonly cmd?: string;
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
}

interface Closable {
  close(): void;
}

type Send = (this: unknown, message: ClusterWord, handle?: Closable, ...rest: unknown[]) => boolean;

/** Watch one worker's offers; `othersServe` tells whether anybody could take them over when it dies. */
export function watchHandover(worker: Worker, othersServe: () => boolean): void {
  const offered = new Map<number, Closable>();
  const channel = worker.process;
  const send = channel.send as unknown as Send;
  const watching: Send = (message, handle, ...rest) => {
    if (message.act === 'newconn' && message.seq !== undefined && handle) offered.set(message.seq, handle);
    return send.call(channel, message, handle, ...rest);
  };
  channel.send = watching as typeof channel.send;
  channel.on('internalMessage' as 'message', (message: ClusterWord) => {
    if (message.ack !== undefined) offered.delete(message.ack);
  });
  let disconnected = false;
  channel.once('disconnect', () => {
    disconnected = true;
  });
  // One turn later, so that what the worker said last has been read.
  channel.once('exit', () =>
    setImmediate(() => {
      // Node's own listener takes the worker out of turn; without it the next offer would go to the dead one again.
      if (!disconnected) channel.emit('disconnect');
      for (const [ack, handle] of offered) {
        // A worker's own way to refuse a connection: Node offers it to the next.
        if (othersServe()) channel.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false });
        else handle.close();
      }
      offered.clear();
    }),
  );
}
