import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { t as tap, test } from 'tap';
import type { GatewayConfig } from '../config.js';
import type { StoreToPrimary, StoreToWorker } from '../messages.js';
import { storeContract } from './contract.js';
import { contractConfig } from './contract-config.js';
import { limitsContract } from './contract-limits.js';
import type { ToContractProcess } from './contract-process.js';
import type { ContractSubject, ContractWorker } from './contract-subject.js';
import { EmbeddedStore } from './embedded.js';
import { OverIpcStore } from './over-ipc.js';

type Reply = StoreToPrimary | { readonly type: 'result'; readonly call: number; readonly value?: unknown };

/** A real worker process; the store's messages go to whatever primary is set. */
class WorkerProcess {
  readonly child: ChildProcess = fork(fileURLToPath(new URL('./contract-process.ts', import.meta.url)));
  primary: EmbeddedStore | undefined;
  readonly #calls = new Map<number, (value: unknown) => void>();
  #next = 1;

  constructor() {
    this.child.on('message', (message: Reply) => {
      if (message.type === 'result') this.#calls.get(message.call)?.(message.value);
      else this.primary?.answer(message, (answer) => this.send(answer), this.child.pid);
    });
  }

  send(message: ToContractProcess): void {
    this.child.send(message);
  }

  call(message: { readonly type: 'open' | 'reconfigure' | 'call'; [field: string]: unknown }): Promise<unknown> {
    const call = this.#next++;
    return new Promise((resolve) => {
      this.#calls.set(call, resolve);
      this.send({ ...message, call } as unknown as ToContractProcess);
    });
  }

  as(): ContractWorker {
    const method = (name: keyof ContractWorker) => (argument?: unknown) => this.call({ type: 'call', method: name, argument });
    const names = ['choose', 'bind', 'admit', 'give', 'report', 'retry', 'pause', 'resume', 'snapshot', 'fallbacks'] as const;
    return Object.fromEntries(names.map((name) => [name, method(name)])) as unknown as ContractWorker;
  }
}

const processes = Array.from({ length: 3 }, () => new WorkerProcess());
await Promise.all(processes.map(({ child }) => once(child, 'message')));
tap.teardown(() => {
  for (const { child } of processes) child.kill('SIGKILL');
});

const subject: ContractSubject = {
  name: 'over ipc',
  open: async (config) => {
    const broadcast = (message: StoreToWorker) => {
      for (const worker of processes) worker.send(message);
    };
    const primary = new EmbeddedStore(config, broadcast);
    for (const worker of processes) worker.primary = primary;
    await Promise.all(processes.map((worker) => worker.call({ type: 'open', config })));
    return {
      workers: processes.map((worker) => worker.as()),
      configure: async (next: GatewayConfig) => {
        primary.configure(next);
        await Promise.all(processes.map((worker) => worker.call({ type: 'reconfigure', config: next })));
      },
      close: async () => {
        for (const worker of processes) worker.primary = undefined;
      },
    };
  },
};

storeContract(subject);
limitsContract(subject);

test('a primary that is silent or gone costs a request the time-out at most, and is used again when it is back', async (t) => {
  const config = contractConfig();
  const primary = new EmbeddedStore(config, (message) => hear(message));
  let hear: (message: StoreToWorker) => void = () => {};
  let line: 'up' | 'silent' | 'closed' = 'silent';
  const store = new OverIpcStore(
    config,
    {
      send: (message) => {
        if (line === 'closed') throw new Error('channel closed');
        if (line === 'up') primary.answer(message, (answer) => setImmediate(() => hear(answer)));
      },
      onMessage: (listener) => {
        hear = listener;
      },
    },
    undefined,
    50,
  );
  t.teardown(() => store.close());
  t.match(await store.choose({ alias: 'm', model: 'm', session: 's' }), { found: true });
  t.match(store.health, { degraded: true, fallbacks: 1 });
  line = 'closed';
  t.match(await store.choose({ alias: 'm', model: 'm' }), { found: true });
  t.equal(store.health.fallbacks, 2);
  line = 'up';
  t.match(
    await store.choose({ alias: 'm', model: 'm', session: 's' }),
    { found: true, sticky: false },
    'the shared state decides',
  );
  t.match(store.health, { degraded: false, fallbacks: 2 });
  const known = store.choose({ alias: 'm', model: 'm', session: 's' });
  t.match(known, { found: true, sticky: true }, 'a known session is answered without a promise');
});
