/**
 * Connections under way from the primary to a worker. Node's round robin sends the socket and waits for the worker's
 * word; when the worker dies first, Node (20, read) forgets the socket open, and its client hangs for good
 * (one of 370 requests after a `kill -9` under 400 streams, measured). Here they are meant to go to another
 * worker. OPEN: the same test still hangs one connection, so this is not yet seen to work (test/worker-death.test.ts).
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
  // After Node's own listener, which has taken the worker out of turn by then.
  channel.once('disconnect', () => {
    for (const [ack, handle] of offered) {
      // A worker's own way to refuse a connection: Node offers it to the next.
      if (othersServe()) channel.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false });
      else handle.close();
    }
    offered.clear();
  });
}
