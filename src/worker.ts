/** A worker's entry: greet the primary, serve what it configures, obey it alone, leave when it is gone. */

import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { GatewayConfig } from './config.js';
import { type Service, startService } from './http/service.js';
import { flushLog, log, setSecrets } from './log.js';
import type { StoreToWorker, ToPrimary, ToWorker } from './messages.js';
import { passwordsOf } from './redaction.js';
import { createStoreMaker } from './store/index.js';

/** How often stats are sent, milliseconds. */
const STATS_EVERY = 1_000;
/** The signals of a terminal reach the whole group; the primary decides what they mean for a worker. SIGUSR1 would open Node's inspector. */
const NOT_OURS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

process.title = 'tidegate: worker';
let service: Service | undefined;
let drainDeadline = 30_000;
let hearStore: (message: StoreToWorker) => void = () => {};

for (const signal of NOT_OURS) process.on(signal, () => {});
process.on('message', (message: ToWorker) => void obey(message).catch(leaveWith));
process.on('disconnect', () => void leaveOrphaned());
cluster.worker?.on('disconnect', outliveThePrimary);
process.on('uncaughtException', (error) => void leaveAfterFault(error));
process.on('unhandledRejection', (error) => void leaveAfterFault(error));
say({ type: 'hello' });

async function obey(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'configure':
      return service ? reconfigure(message.config) : start(message.config);
    case 'cluster-state':
      if (service) service.cluster = message.state;
      return;
    case 'ask':
      return say({ type: 'answer', id: message.id, value: await service?.answer(message.inquiry) });
    case 'shed':
      return service?.shed(message.connections);
    case 'drain':
      return drain(message.deadline, message.linger);
    default:
      return hearStore(message);
  }
}

async function start(config: GatewayConfig): Promise<void> {
  adopt(config);
  const maker = await createStoreMaker(config);
  const store = maker.worker({
    send: say,
    onMessage: (listener) => {
      hearStore = listener;
    },
  });
  await store.ready;
  service = await startService({ config, store, taskFile: fileURLToPath(new URL('thread-tasks.js', import.meta.url)) });
  say({ type: 'ready', port: service.port });
  setInterval(tellStats, STATS_EVERY).unref();
}

function reconfigure(config: GatewayConfig): void {
  adopt(config);
  service?.configure(config);
}

function adopt(config: GatewayConfig): void {
  setSecrets([
    ...config.upstreams.flatMap((upstream) => upstream.credentials.map((credential) => credential.key)),
    config.admin.key ?? '',
    config.store.url ?? '',
    ...passwordsOf(config.store.url ?? ''),
  ]);
  drainDeadline = config.server.drain;
}

function tellStats(): void {
  if (service) say({ type: 'stats', stats: service.stats() });
}

async function drain(deadline: number, linger: number): Promise<void> {
  await service?.drain(deadline, linger);
  const [metrics, usage] = [await service?.answer('metrics'), await service?.answer('usage')];
  say({ type: 'farewell', metrics, usage }, () => leave(0));
}

/** Node ends a worker in the instant that its primary is gone, streams and all, unless the end looks wished for. */
function outliveThePrimary(): void {
  if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
}

/** Without a primary nobody replaces or stops this process: finish what runs and go. */
async function leaveOrphaned(): Promise<void> {
  await service?.drain(drainDeadline, 0);
  leave(0);
}

/** After a fault nobody foresaw the state cannot be trusted with new requests; the running ones may still end well. */
async function leaveAfterFault(error: unknown): Promise<void> {
  log.fatal({ err: error }, 'a worker met a fault that it did not foresee and leaves');
  const drained = service?.drain(drainDeadline, 0);
  tellStats();
  await drained;
  leave(1);
}

function leaveWith(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  say({ type: 'failed', reason }, () => leave(1));
}

function leave(code: number): never {
  flushLog();
  process.exit(code);
}

/** A word to a primary that is gone is lost; `disconnect` tells. */
function say(message: ToPrimary, then: () => void = () => {}): void {
  if (process.send && process.connected) process.send(message, undefined, undefined, then);
  else then();
}
