/**
 * Connections under way from the primary to a worker. Node's round robin offers the socket to the worker whose turn it
 * is and waits for its word. Two things are changed here, both by what Node itself says over the channel:
 *
 * - Which worker gets the offer, where a policy has a better one than turns. Node finds the asker by the number of the
 *   offer, whoever answers. Should a Node speak otherwise one day, turns are what is left.
 * - What happens when the worker dies first: the channel would keep waiting, `disconnect` never come, the dead worker
 *   stay in turn and the socket open and forgotten, its client hanging for good (Node 20 to 26; 4 of 6 kills under eight
 *   connecting clients, 0 of 6 with this file). The worker is taken out of turn and the connection goes to the next.
 */
import type { Worker } from 'node:cluster';

/** What Node's cluster module says over the channel: an offer carries `seq`, the answer to it the same number as `ack`. */
interface ClusterWord {
  readonly cmd?: string;
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
  readonly accepted?: boolean;
}

interface Closable {
  close(): void;
}

type Send = (message: ClusterWord, handle?: Closable, ...rest: unknown[]) => boolean;

/** What the handover asks of its owner. */
export interface HandoverRules {
  /** The worker that takes the next connection, by id; undefined or one that is not here leaves it to turns. */
  choose(): number | undefined;
  /** The worker that takes it although it may owe answers; undefined leaves it to `choose`. */
  level(inTurn: number): number | undefined;
  /** Whether connections wait where no worker serves. */
  readonly keepsPort: boolean;
  /** Whether this worker takes new connections. */
  serves(worker: number): boolean;
}

/** All workers' connections under way. */
export class Handover {
  readonly #rules: HandoverRules;
  readonly #lines = new Map<number, Line>();

  constructor(rules: HandoverRules) {
    this.#rules = rules;
  }

  /** Before the worker listens; until it is gone. */
  watch(worker: Worker): void {
    const line = new Line(worker);
    this.#lines.set(worker.id, line);
    line.redirect(() => this.#chosen(worker.id, line));
    // One turn later, so that what the worker said last has been read.
    worker.process.once('exit', () =>
      setImmediate(() => {
        this.#lines.delete(worker.id);
        const othersServe = [...this.#lines].some(([id, { connected }]) => connected && this.#rules.serves(id));
        line.bury(othersServe || this.#rules.keepsPort);
      }),
    );
  }

  /** Connections that this worker has not yet answered for, and those it took since the last call with another `epoch`. */
  load(worker: number, epoch: unknown): { readonly waiting: number; readonly taken: number } {
    const line = this.#lines.get(worker);
    if (!line) return { waiting: 0, taken: 0 };
    if (line.epoch !== epoch) line.taken = 0;
    line.epoch = epoch;
    return { waiting: line.offered.size, taken: line.taken };
  }

  /**
   * What the worker cannot have received is given up, or it would be out of turn for good: a process without a free file
   * descriptor gets the offer without its connection, and Node answers for nobody. `epoch` changes with every word of the
   * worker's own: who has spoken several times since has read what came before.
   */
  giveUpLost(worker: number, epoch: unknown): void {
    this.#lines.get(worker)?.giveUpLost(epoch);
  }

  /** Node asks a worker for one answer at a time; of one that owes an answer for another's offer nothing more is asked. */
  #chosen(turn: number, inTurn: Line): Line {
    const least = this.#lines.get(this.#rules.level(turn) ?? turn);
    if (least !== inTurn && least?.connected) return least;
    const id = this.#rules.choose();
    const line = (id === undefined ? undefined : this.#lines.get(id)) ?? inTurn;
    if (line.connected && line.offered.size === 0) return line;
    const others = [...this.#lines].filter(([other]) => this.#rules.serves(other)).map(([, other]) => other);
    return others.find(({ connected, offered }) => connected && offered.size === 0) ?? inTurn;
  }
}

/** The worker's words after which an offer must have been read. */
const WORDS_AFTER_OFFER = 3;

/** A connection that the worker has not answered for. */
interface Offer {
  readonly handle: Closable;
  epoch: unknown;
  /** Words of the worker since. */
  words: number;
}

/** One worker's channel. */
class Line {
  readonly offered = new Map<number, Offer>();
  taken = 0;
  epoch: unknown;
  readonly #channel: Worker['process'];
  readonly #send: Send;
  #disconnected = false;

  constructor(worker: Worker) {
    const channel = worker.process;
    this.#channel = channel;
    this.#send = channel.send.bind(channel) as unknown as Send;
    // Before Node hears it, which at once offers the next connection: a worker that has answered can be asked again.
    channel.prependListener('internalMessage' as 'message', (word: ClusterWord) => this.#hear(word));
    channel.once('disconnect', () => {
      this.#disconnected = true;
    });
    // Called when the worker's end is closed. With an offer under way Node says nothing further; but to a worker that
    // is in turn and not connected it sends nothing either, and the connection is forgotten.
    const disconnect = channel.disconnect.bind(channel);
    channel.disconnect = () => {
      disconnect();
      this.#leaveTurn();
    };
  }

  get connected(): boolean {
    return this.#channel.connected;
  }

  /** From now on an offer goes to the line that `choose` names. */
  redirect(choose: () => Line): void {
    const sending: Send = (message, handle, ...rest) => {
      if (message.act !== 'newconn' || message.seq === undefined || !handle) return this.#send(message, handle, ...rest);
      return choose().#offer(message, message.seq, handle, rest);
    };
    this.#channel.send = sending as unknown as Worker['process']['send'];
  }

  /** The worker is gone: what it was offered is refused in its name, so that Node offers it to another, now or when there is one. */
  bury(isReceived: boolean): void {
    this.#leaveTurn();
    for (const [ack, { handle }] of this.offered) {
      if (isReceived) this.#channel.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false });
      else handle.close();
    }
    this.offered.clear();
  }

  giveUpLost(epoch: unknown): void {
    for (const [ack, offer] of this.offered) {
      if (offer.epoch !== epoch) offer.words++;
      offer.epoch = epoch;
      // As if it were accepted: Node closes it here and the worker is in turn again.
      if (offer.words > WORDS_AFTER_OFFER) this.#channel.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: true });
    }
  }

  /** Node's own listener does it; without this the next offer would go to the dead worker again. */
  #leaveTurn(): void {
    if (!this.#disconnected) this.#channel.emit('disconnect');
  }

  #offer(message: ClusterWord, seq: number, handle: Closable, rest: unknown[]): boolean {
    this.offered.set(seq, { handle, epoch: undefined, words: 0 });
    return this.#send(message, handle, ...rest);
  }

  #hear(word: ClusterWord): void {
    if (word.ack === undefined || !this.offered.delete(word.ack)) return;
    if (word.accepted) this.taken++;
  }
}
