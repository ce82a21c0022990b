/** What every store promises of client limits and of credentials with a cap, run over each with several workers on one shared state. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChoiceRequest, ChosenCredential } from '../credential/types.js';
import type { AdmissionRequest, Admitted, ClientLimits, ClientUse, Verdict } from '../limits/types.js';
import { type ConfigWish, contractConfig } from './contract-config.js';
import { type ContractCluster, type ContractSubject, type ContractWorker, promisesOf } from './contract-subject.js';

/** For what one worker says to reach the others. */
const HEARD = 250;
/** More than any window and short enough for a test: nothing here waits for a minute to pass. */
const PATIENCE = 10_000;

let slots = 0;

function question(limits: ClientLimits, wish: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return { client: 'app', limits, isCall: true, tokens: 100, usd: 0.25, slot: `slot-${++slots}`, ...wish };
}

function choice(wish: Partial<ChoiceRequest> = {}): ChoiceRequest {
  return { alias: 'm', model: 'm', ...wish };
}

function limited(limits: ClientLimits): ConfigWish {
  return { clients: [{ name: 'app', keyHash: '', models: ['*'], ...limits }] };
}

export function limitsContract(subject: ContractSubject): void {
  const promise = promisesOf(subject);

  promise('of any number asked at once over all workers exactly the limit gets through', {}, async (cluster, t) => {
    const limits = { rpm: 25 };
    const verdicts = await askAll(cluster, 75, () => question(limits));
    t.equal(admitted(verdicts).length, 25);
    const refused = verdicts.find((verdict) => !verdict.admitted);
    t.match(refused, { limit: 'rpm', allowance: { requests: { limit: 25, remaining: 0 } } });
    t.ok(refused && !refused.admitted && refused.retryAfter > 30_000 && refused.retryAfter <= 61_000);
    t.match(await last(cluster).admit(question(limits, { client: 'other' })), { admitted: true });
  });

  promise(
    'a choice carries the question: a refusal takes no turn, an admission is made once',
    { weights: [1, 1] },
    async (cluster, t) => {
      const limits = { rpm: 4 };
      const choices = await Promise.all(
        Array.from({ length: 12 }, (_, index) => workerAt(cluster, index).choose(choice({ admit: question(limits) }))),
      );
      const found = choices.filter((one): one is ChosenCredential => one.found);
      t.strictSame(found.map(({ credential }) => credential).sort(), ['k0', 'k0', 'k1', 'k1']);
      t.ok(choices.every((one) => one.found || one.reason === 'limited'));
      t.ok(found.every(({ verdict }) => verdict?.admitted));
      const { credentials } = await last(cluster).snapshot();
      t.equal(
        credentials.reduce((sum, { picks }) => sum + picks, 0),
        4,
      );
    },
  );

  promise('a known session asks for its limits all the same', {}, async (cluster, t) => {
    const worker = workerAt(cluster, 0);
    const ask = () => worker.choose(choice({ session: 's', admit: question({ rpm: 3 }) }));
    const answers = [];
    for (let index = 0; index < 5; index++) answers.push(await ask());
    t.strictSame(
      answers.map(({ found }) => found),
      [true, true, true, false, false],
    );
  });

  promise('tokens are reserved by guess and settled by use', limited({ tpm: 1_000 }), async (cluster, t) => {
    const limits = { tpm: 1_000 };
    const big = admitted([await workerAt(cluster, 0).admit(question(limits, { tokens: 900 }))])[0];
    t.match(await last(cluster).admit(question(limits)), { admitted: true, allowance: { tokens: { remaining: 0 } } });
    t.match(await last(cluster).admit(question(limits)), { admitted: false, limit: 'tpm' });
    if (!big) throw new Error('refused');
    await workerAt(cluster, 0).give({ kind: 'settle', settlement: { receipt: big.receipt, tokens: 300, usd: 0 } });
    await used(cluster, ({ tokens }) => tokens === 400);
    t.match(await last(cluster).admit(question(limits, { tokens: 601 })), { admitted: false });
    const second = admitted([await last(cluster).admit(question(limits, { tokens: 600 }))])[0];
    t.match(second, { allowance: { tokens: { remaining: 0 } } });
    if (!second) throw new Error('refused');
    await last(cluster).give({ kind: 'settle', settlement: { receipt: second.receipt, tokens: 700, usd: 0 } });
    await used(cluster, ({ tokens }) => tokens === 1_100);
    t.match(await workerAt(cluster, 0).admit(question(limits)), { admitted: false }, 'what went beyond the guess counts');
  });

  promise(
    'slots: as many as the limit over all workers, free when they are given back',
    limited({ concurrency: 5 }),
    async (cluster, t) => {
      const limits = { concurrency: 5 };
      const held = admitted(await askAll(cluster, 55, () => question(limits)));
      t.equal(held.length, 5);
      t.match(await last(cluster).admit(question(limits)), { admitted: false, limit: 'concurrency' });
      const [first, second] = held;
      await last(cluster).give({ kind: 'client-slot', client: 'app', slot: first?.receipt.slot ?? '' });
      await last(cluster).give({ kind: 'client-slot', client: 'app', slot: first?.receipt.slot ?? '' });
      if (!second) throw new Error('refused');
      await last(cluster).give({ kind: 'settle', settlement: { receipt: second.receipt, tokens: 0, usd: 0 } });
      await used(cluster, (use) => use.slots === 3);
      t.equal(admitted(await askAll(cluster, 20, () => question(limits))).length, 2, 'one given back twice is one');
    },
  );

  promise(
    'a budget stops what would go beyond it, and is corrected by what was spent',
    limited({ budget: { usd: 2, per: 'month' } }),
    async (cluster, t) => {
      const limits = { budget: { usd: 2, per: 'month' } } as const;
      const held = admitted(await askAll(cluster, 30, () => question(limits)));
      t.equal(held.length, 8);
      for (const { receipt } of held.slice(0, 4))
        await workerAt(cluster, 0).give({ kind: 'settle', settlement: { receipt, tokens: 0, usd: 0.1 } });
      await used(cluster, ({ usd }) => Math.abs(usd - 1.4) < 1e-6);
      t.equal(admitted(await askAll(cluster, 10, () => question(limits))).length, 2);
      const refused = await last(cluster).admit(question(limits));
      t.match(refused, { admitted: false, limit: 'budget' });
      t.match(await last(cluster).admit(question({ budget: { usd: 2, per: 'day' } })), { admitted: false }, 'of another length');
    },
  );

  promise('new limits keep what was counted', limited({ rpm: 10 }), async (cluster, t) => {
    t.equal(admitted(await askAll(cluster, 12, () => question({ rpm: 10 }))).length, 10);
    await cluster.configure(contractConfig(limited({ rpm: 12 })));
    await sleep(HEARD);
    t.equal(admitted(await askAll(cluster, 12, () => question({ rpm: 12 }))).length, 2);
  });

  promise('no interleaving of asking, settling and giving back lets more through', {}, async (cluster, t) => {
    const limits = { rpm: 60, tpm: 4_000, concurrency: 6, budget: { usd: 9, per: 'month' } } as const;
    let through = 0;
    let most = 0;
    const held = new Set<Admitted>();
    const lane = async (worker: ContractWorker, seed: number) => {
      const random = randomFrom(seed);
      for (let step = 0; step < 40; step++) {
        const verdict = await worker.admit(question(limits, { tokens: Math.floor(random() * 300) }));
        if (!verdict.admitted) continue;
        through++;
        held.add(verdict);
        most = Math.max(most, held.size);
        if (random() < 0.3) await sleep(1);
        // Gone from here before it is given back: whoever gets the slot next is counted after it.
        held.delete(verdict);
        const { receipt } = verdict;
        if (random() < 0.5) await worker.give({ kind: 'client-slot', client: 'app', slot: receipt.slot });
        await worker.give({ kind: 'settle', settlement: { receipt, tokens: Math.floor(receipt.tokens * random()), usd: 0.05 } });
      }
    };
    await Promise.all(Array.from({ length: 9 }, (_, index) => lane(workerAt(cluster, index), index + 1)));
    t.ok(through <= 60 && most <= 6, `${through} requests, ${most} at once`);
    t.equal(through, 60, 'and the limit is reached');
  });

  promise(
    'caps: no more in flight with a credential than it may take; the next is given meanwhile',
    { weights: [1, 1], cap: 3 },
    async (cluster, t) => {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => workerAt(cluster, index).choose(choice())));
      const found = answers.filter((one): one is ChosenCredential => one.found);
      t.strictSame(found.map(({ credential }) => credential).sort(), ['k0', 'k0', 'k0', 'k1', 'k1', 'k1']);
      t.match(
        answers.find((one) => !one.found),
        { reason: 'busy' },
      );
      const back = found.find(({ credential }) => credential === 'k1');
      await workerAt(cluster, 0).give({ kind: 'credential-slot', key: 'u/k1', slot: back?.slot ?? '' });
      await sleep(HEARD);
      t.match(await last(cluster).choose(choice()), { found: true, credential: 'k1' });
      t.match(await last(cluster).choose(choice()), { found: false, reason: 'busy' });
      t.match(await last(cluster).choose(choice({ exclude: ['u/k0', 'u/k1'] })), { found: false, reason: 'tried' });
    },
  );

  promise(
    'caps: a session whose credential is full is served elsewhere and stays where it is',
    { weights: [1, 1], cap: 1 },
    async (cluster, t) => {
      const home = await workerAt(cluster, 0).choose(choice({ session: 's' }));
      if (!home.found) throw new Error(home.reason);
      const away = await last(cluster).choose(choice({ session: 's' }));
      t.match(away, { found: true, sticky: false, spilled: true });
      t.not(away.found && away.credential, home.credential);
      t.match(await last(cluster).choose(choice({ session: 's', pinned: true })), { found: false, reason: 'busy' });
      for (const one of [home, away])
        if (one.found) await last(cluster).give({ kind: 'credential-slot', key: `u/${one.credential}`, slot: one.slot ?? '' });
      await sleep(HEARD);
      t.match(await last(cluster).choose(choice({ session: 's', pinned: true })), { credential: home.credential, sticky: true });
    },
  );

  promise('caps: a client at its limit takes no slot of a credential', { weights: [1], cap: 1 }, async (cluster, t) => {
    const limits = { rpm: 1 };
    t.match(await workerAt(cluster, 0).choose(choice({ admit: question(limits), exclude: ['u/k0'] })), {
      found: false,
      reason: 'tried',
    });
    t.match(await workerAt(cluster, 0).choose(choice({ admit: question(limits) })), { found: false, reason: 'limited' });
    t.match(await last(cluster).choose(choice()), { found: true });
  });
}

async function used(cluster: ContractCluster, holds: (use: ClientUse) => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const { clients } = await last(cluster).snapshot();
    if (clients.some((use) => use.client === 'app' && holds(use))) return;
    await sleep(20);
  }
  throw new Error(`never: ${holds} of ${JSON.stringify((await last(cluster).snapshot()).clients)}`);
}

function askAll(cluster: ContractCluster, times: number, ask: (index: number) => AdmissionRequest): Promise<Verdict[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => workerAt(cluster, index).admit(ask(index))));
}

function admitted(verdicts: readonly Verdict[]): Admitted[] {
  return verdicts.filter((verdict): verdict is Admitted => verdict.admitted);
}

function workerAt({ workers }: ContractCluster, index: number): ContractWorker {
  const worker = workers[index % workers.length];
  if (!worker) throw new Error('no worker');
  return worker;
}

function last(cluster: ContractCluster): ContractWorker {
  return workerAt(cluster, cluster.workers.length - 1);
}

/** A generator that a seed repeats (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
