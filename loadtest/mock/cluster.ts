import cluster, { type Worker } from 'node:cluster';
import { BookKeeper } from './book-keeper.js';
import type { Admission, Grant, Ledger, LedgerQuestion, ProcessGauges, Settlement } from './ledger.js';
import type { MockOptions } from './options.js';
import { MockServer } from './server.js';
import type { RunningMock } from './single.js';

/** How long the primary waits for a worker's gauges, milliseconds; a worker that died has none. */
const GAUGES_WAIT_MS = 2_000;

/** From a worker to its primary. */
type ToPrimary =
  | { kind: 'ready'; port: number }
  | { kind: 'admit'; call: number; admission: Admission }
  | { kind: 'settle'; settlement: Settlement }
  | { kind: 'turn-away'; status: number }
  | { kind: 'ask'; call: number; question: LedgerQuestion }
  | { kind: 'gauges'; call: number; gauges: ProcessGauges };

/** From the primary to a worker. */
type ToWorker =
  | { kind: 'answer'; call: number; value: unknown }
  | { kind: 'read-gauges'; call: number }
  | { kind: 'clear-gauges' }
  | { kind: 'stop' };

/** The ledger as a worker sees it: each question is a message to the primary, which keeps the books for all. */
class RemoteLedger implements Ledger {
  private readonly waiting = new Map<number, (value: unknown) => void>();
  private lastCall = 0;

  admit(admission: Admission): Promise<Grant> {
    return this.call((call) => ({ kind: 'admit', call, admission })) as Promise<Grant>;
  }

  settle(settlement: Settlement): void {
    tell({ kind: 'settle', settlement });
  }

  turnAway(status: number): void {
    tell({ kind: 'turn-away', status });
  }

  ask(question: LedgerQuestion): Promise<unknown> {
    return this.call((call) => ({ kind: 'ask', call, question }));
  }

  hear({ call, value }: { call: number; value: unknown }): void {
    this.waiting.get(call)?.(value);
    this.waiting.delete(call);
  }

  private call(message: (call: number) => ToPrimary): Promise<unknown> {
    const call = ++this.lastCall;
    return new Promise((resolve) => {
      this.waiting.set(call, resolve);
      tell(message(call));
    });
  }
}

/** A worker's life: serve, ask the primary for every slot, leave when the primary says so or is gone. */
export async function serveAsWorker(options: MockOptions): Promise<void> {
  const ledger = new RemoteLedger();
  const server = new MockServer(options, ledger);
  // Ctrl-C reaches every process of the terminal; the primary decides when workers leave.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'answer') ledger.hear(message);
    else if (message.kind === 'read-gauges') tell({ kind: 'gauges', call: message.call, gauges: server.gauges() });
    else if (message.kind === 'clear-gauges') server.clearGauges();
    else if (message.kind === 'stop') void server.stop().then(() => process.exit(0));
  });
  tell({ kind: 'ready', port: await server.listen() });
}

/** Starts the workers and keeps their books; ready when all of them serve. A worker that dies is replaced. */
export async function startCluster(options: MockOptions): Promise<RunningMock> {
  const primary = new Primary(options);
  const ports = await Promise.all(Array.from({ length: options.workers }, () => primary.fork(options.port)));
  return { port: ports[0] as number, stop: () => primary.stop() };
}

class Primary {
  private readonly keeper: BookKeeper;
  private readonly workers = new Set<Worker>();
  private readonly gaugeCalls = new Map<number, (gauges: ProcessGauges | undefined) => void>();
  private lastCall = 0;
  private stopping = false;
  private port = 0;

  constructor(options: MockOptions) {
    this.keeper = new BookKeeper(options.maxConcurrent, {
      read: () => this.readGauges(),
      clear: () => this.broadcast({ kind: 'clear-gauges' }),
    });
  }

  /** Starts one worker; gives its port once it listens. */
  fork(port: number): Promise<number> {
    // The last flag wins: a worker that replaces another must have the port that was found, not any free one again.
    cluster.setupPrimary({ args: [...process.argv.slice(2), `--port=${port}`] });
    const worker = cluster.fork();
    this.workers.add(worker);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: ToPrimary) => {
        if (message.kind === 'ready') {
          this.port = message.port;
          resolve(message.port);
        } else this.hear(worker, message);
      });
      worker.once('exit', (code) => {
        this.workers.delete(worker);
        this.keeper.accounts.settleAllOf(worker.id);
        reject(new Error(`a mock worker left with code ${code} before it served`));
        if (!this.stopping) this.fork(this.port).catch(() => process.exit(1));
      });
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const gone = [...this.workers].map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    this.broadcast({ kind: 'stop' });
    await Promise.all(gone);
  }

  private hear(worker: Worker, message: Exclude<ToPrimary, { kind: 'ready' }>): void {
    const { accounts } = this.keeper;
    switch (message.kind) {
      case 'admit':
        return send(worker, { kind: 'answer', call: message.call, value: accounts.admit(message.admission, worker.id) });
      case 'settle':
        return accounts.settle(message.settlement);
      case 'turn-away':
        return accounts.turnAway(message.status);
      case 'ask':
        void this.keeper.ask(message.question).then((value) => send(worker, { kind: 'answer', call: message.call, value }));
        return;
      case 'gauges':
        this.gaugeCalls.get(message.call)?.(message.gauges);
    }
  }

  private async readGauges(): Promise<ProcessGauges[]> {
    const all = await Promise.all([...this.workers].map((worker) => this.readGaugesOf(worker)));
    return all.filter((gauges) => gauges !== undefined);
  }

  private readGaugesOf(worker: Worker): Promise<ProcessGauges | undefined> {
    const call = ++this.lastCall;
    return new Promise((resolve) => {
      const giveUp = setTimeout(() => settle(undefined), GAUGES_WAIT_MS);
      const settle = (gauges: ProcessGauges | undefined) => {
        clearTimeout(giveUp);
        this.gaugeCalls.delete(call);
        resolve(gauges);
      };
      this.gaugeCalls.set(call, settle);
      send(worker, { kind: 'read-gauges', call });
    });
  }

  private broadcast(message: ToWorker): void {
    for (const worker of this.workers) send(worker, message);
  }
}

function tell(message: ToPrimary): void {
  if (process.connected) process.send?.(message);
}

function send(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}
