/** A worker's store in a process of its own, called by the suite over the same channel that it asks the primary by. */
import type { GatewayConfig } from '../config.js';
import type { StoreToWorker } from '../messages.js';
import { localWorker } from './contract-local.js';
import type { ContractWorker } from './contract-subject.js';
import { OverIpcStore } from './over-ipc.js';

export type ToContractProcess =
  | { readonly type: 'open'; readonly call: number; readonly config: GatewayConfig }
  | { readonly type: 'reconfigure'; readonly call: number; readonly config: GatewayConfig }
  | { readonly type: 'call'; readonly call: number; readonly method: keyof ContractWorker; readonly argument: unknown }
  | StoreToWorker;

const send = (message: object) => process.send?.(message);
let store: OverIpcStore | undefined;
let hear: (message: StoreToWorker) => void = () => {};

process.on('message', (message: ToContractProcess) => void handle(message));

async function handle(message: ToContractProcess): Promise<void> {
  if (message.type === 'open') {
    await store?.close();
    store = new OverIpcStore(message.config, {
      send,
      onMessage: (listener) => {
        hear = listener;
      },
    });
    send({ type: 'result', call: message.call });
  } else if (message.type === 'reconfigure') {
    store?.configure(message.config);
    send({ type: 'result', call: message.call });
  } else if (message.type === 'call') {
    if (store === undefined) throw new Error('open comes first');
    const method = localWorker(store)[message.method] as (argument: unknown) => Promise<unknown>;
    send({ type: 'result', call: message.call, value: await method(message.argument) });
  } else {
    hear(message);
  }
}

send({ type: 'result', call: 0 });
