/** What every store promises, run over each of them with several workers on one shared state. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Choice, ChoiceRequest, ChosenCredential, Outcome } from '../credential/types.js';
import { type ConfigWish, contractConfig, contractUpstream } from './contract-config.js';
import { type ContractCluster, type ContractSubject, type ContractWorker, mustBeWithin, promisesOf } from './contract-subject.js';

const REQUEST: ChoiceRequest = { alias: 'm', model: 'm' };
/** For what one worker says to reach the others. */
const HEARD = 250;

export function storeContract(subject: ContractSubject): void {
  const promise = promisesOf(subject);

  promise('equal weights differ by at most one over all workers', { weights: Array(20).fill(1) }, async (cluster, t) => {
    const counts = tally(await chooseAll(cluster, 250, (index) => ({ ...REQUEST, session: `s${index}` })));
    t.equal(counts.size, 20);
    t.ok(Math.max(...counts.values()) - Math.min(...counts.values()) <= 1, [...counts.values()].join(' '));
  });

  promise('weights are exact over each cycle', { weights: [5, 2, 1] }, async (cluster, t) => {
    const counts = tally(await chooseAll(cluster, 32));
    t.strictSame(sorted(counts), [
      ['k0', 20],
      ['k1', 8],
      ['k2', 4],
    ]);
  });

  promise('a session has the same credential on every worker', {}, async (cluster, t) => {
    const asked = Array.from({ length: 60 }, (_, index) => index);
    const choices = await chooseAll(cluster, asked.length, (index) => ({ ...REQUEST, session: `s${index % 6}` }));
    for (let session = 0; session < 6; session++) {
      const own = asked.filter((index) => index % 6 === session).map((index) => choices[index]!.credential);
      t.equal(new Set(own).size, 1);
    }
    const again = await chooseAll(cluster, 60, (index) => ({ ...REQUEST, session: `s${index % 6}` }));
    t.ok(again.every((choice, index) => choice.sticky && choice.credential === choices[index]!.credential));
  });

  promise(
    'a session bound to a credential by one worker has it on every other',
    { weights: Array(8).fill(1) },
    async (cluster, t) => {
      const choice = found(await cluster.workers[0]!.choose(REQUEST));
      for (const worker of cluster.workers.slice(1)) await worker.choose(REQUEST);
      await cluster.workers[0]!.bind({ request: { ...REQUEST, session: 'answer' }, choice });
      await sleep(HEARD);
      for (const worker of [...cluster.workers].reverse())
        t.match(await worker.choose({ ...REQUEST, session: 'answer' }), { credential: choice.credential, sticky: true });
      t.equal((await cluster.workers[0]!.snapshot()).sessions.count, 1);
    },
  );

  promise('several workers meeting one new session at once give it one credential', {}, async (cluster, t) => {
    for (let round = 0; round < 10; round++) {
      const choices = await chooseAll(cluster, 12, () => ({ ...REQUEST, session: `race-${round}` }));
      t.equal(new Set(choices.map((choice) => choice.credential)).size, 1);
      t.equal(choices.filter((choice) => !choice.sticky).length, 1);
    }
  });

  promise('an idle session is forgotten, a used one stays', { ttl: 800 }, async (cluster, t) => {
    const request = { ...REQUEST, session: 's' };
    const first = await cluster.workers[0]!.choose(request);
    let usedAt = performance.now();
    const useAgain = async (worker: ContractWorker) => {
      const choice = await worker.choose(request);
      mustBeWithin(usedAt, 800);
      usedAt = performance.now();
      return choice;
    };
    for (let use = 0; use < 6; use++) {
      await sleep(300);
      t.match(await useAgain(cluster.workers[0]!), { credential: found(first).credential, sticky: true });
    }
    t.match(await useAgain(last(cluster)), { sticky: true }, 'the use on one worker counts for all');
    await sleep(1_200);
    for (const worker of cluster.workers.slice(0, 1)) t.match(await worker.choose(request), { sticky: false });
  });

  promise('when a credential rests its sessions move once, together', {}, async (cluster, t) => {
    const request = { ...REQUEST, session: 's' };
    const before = found(await cluster.workers[0]!.choose(request));
    for (const worker of cluster.workers) t.match(await worker.choose(request), { credential: before.credential });
    await cluster.workers[0]!.report(limited(before, 60_000));
    const own = found(await cluster.workers[0]!.choose(request));
    t.not(own.credential, before.credential, 'the worker that reported does not use it again');
    await sleep(HEARD);
    for (const worker of cluster.workers) t.match(await worker.choose(request), { credential: own.credential, sticky: true });
  });

  promise('a credential that this request tried is not given again; the session follows if it rests', {}, async (cluster, t) => {
    const request = { ...REQUEST, session: 's' };
    const first = found(await cluster.workers[0]!.choose(request));
    const again = { ...request, exclude: [`u/${first.credential}` as const] };
    t.not(found(await cluster.workers[0]!.choose(again)).credential, first.credential);
    for (const worker of cluster.workers) t.match(await worker.choose(request), { credential: first.credential, sticky: true });
    await cluster.workers[0]!.report({ upstream: 'u', credential: first.credential, model: 'm', kind: 'failed', atOnce: true });
    const second = found(await cluster.workers[0]!.choose(again));
    await sleep(HEARD);
    for (const worker of cluster.workers) t.match(await worker.choose(request), { credential: second.credential, sticky: true });
    t.match(await cluster.workers[0]!.choose({ ...REQUEST, exclude: ['u/*'] }), { found: false, reason: 'tried' });
    t.match(await cluster.workers[0]!.choose({ ...REQUEST, exclude: ['u/k0', 'u/k1', 'u/k2', 'u/k3'] }), {
      found: false,
      reason: 'tried',
    });
    t.match(await cluster.workers[0]!.choose({ alias: 'unknown', model: 'unknown' }), { found: false, reason: 'none' });
  });

  promise('a rest is shared and the turns of the rested are spread evenly', { weights: Array(6).fill(1) }, async (cluster, t) => {
    await cluster.workers[0]!.report(limited({ upstream: 'u', credential: 'k2', model: 'm' }, 60_000));
    await sleep(HEARD);
    const counts = tally(await chooseAll(cluster, 100));
    t.equal(counts.get('k2'), undefined);
    t.ok(Math.max(...counts.values()) - Math.min(...counts.values()) <= 2, [...counts.values()].join(' '));
  });

  promise('Retry-After is the ceiling and one trial goes out over all workers', { weights: [1, 1] }, async (cluster, t) => {
    const restsFrom = performance.now();
    await cluster.workers[0]!.report(limited({ upstream: 'u', credential: 'k0', model: 'm' }, 500));
    await sleep(HEARD);
    const meanwhile = await chooseAll(cluster, 8);
    mustBeWithin(restsFrom, 500);
    t.strictSame(sorted(tally(meanwhile)), [['k1', 8]]);
    await sleep(500);
    const choices = await chooseAll(cluster, 24);
    const trials = choices.filter((choice) => choice.trial);
    t.strictSame(
      trials.map((choice) => choice.credential),
      ['k0'],
    );
    t.equal(choices.filter((choice) => choice.credential === 'k0').length, 1);
    await cluster.workers[0]!.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'unknown', trial: true });
    await sleep(HEARD);
    t.equal(
      (await chooseAll(cluster, 6)).filter((choice) => choice.trial).length,
      1,
      'one that found out nothing is given again',
    );
    await last(cluster).report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'ok', trial: true });
    await sleep(HEARD);
    t.strictSame(sorted(tally(await chooseAll(cluster, 8))), [
      ['k0', 4],
      ['k1', 4],
    ]);
  });

  promise('a failed trial rests again, longer', { weights: [1, 1] }, async (cluster, t) => {
    const failed = { upstream: 'u', credential: 'k0', model: 'm', kind: 'failed', atOnce: true } as const;
    await cluster.workers[0]!.report(failed);
    await sleep(600);
    t.equal((await chooseAll(cluster, 6)).filter((choice) => choice.trial).length, 1);
    const restsFrom = performance.now();
    await cluster.workers[0]!.report({ ...failed, trial: true });
    await sleep(HEARD);
    const [rest] = (await cluster.workers[0]!.snapshot()).credentials[0]!.rests;
    mustBeWithin(restsFrom, 400);
    t.match(rest, { model: 'm', reason: 'failing' });
    t.ok(rest!.remaining > 500 && rest!.remaining <= 1_000, String(rest!.remaining));
  });

  promise('failures count against attempts, over all workers', { weights: [1, 1] }, async (cluster, t) => {
    const failed = (attempts: number) => ({ upstream: 'u', credential: 'k0', model: 'm', kind: 'failed', attempts }) as const;
    const resting = async () => (await last(cluster).snapshot()).credentials[0]!.rests.length;
    await cluster.workers[0]!.report(failed(3));
    await last(cluster).report(failed(2));
    await sleep(HEARD);
    t.equal(await resting(), 0, '2 of 5');
    await cluster.workers[0]!.report(failed(1));
    await sleep(HEARD);
    t.equal(await resting(), 1, '3 of 6');
    t.strictSame(sorted(tally(await chooseAll(cluster, 8))), [['k1', 8]]);
  });

  promise(
    'a spent limit rests until it fills up, without a trial, and is a last resort',
    { weights: [1, 1] },
    async (cluster, t) => {
      const spent = (credential: string, retryAfter: number) =>
        cluster.workers[0]!.report({ upstream: 'u', credential, model: 'm', kind: 'spent', retryAfter });
      const session = { ...REQUEST, session: 'of-k0' };
      const home = found(await last(cluster).choose(REQUEST));
      await last(cluster).bind({ request: session, choice: { ...home, credential: 'k0' } });
      const restsFrom = performance.now();
      await spent('k0', 800);
      await sleep(HEARD);
      const meanwhile = await chooseAll(cluster, 8);
      const spilled = await last(cluster).choose(session);
      mustBeWithin(restsFrom, 800);
      t.strictSame(sorted(tally(meanwhile)), [['k1', 8]]);
      t.match(spilled, { credential: 'k1', spilled: true });
      t.match(await last(cluster).choose({ ...session, pinned: true }), { credential: 'k0', sticky: true });
      await spent('k1', 60_000);
      await sleep(HEARD);
      t.match(await last(cluster).choose(REQUEST), { found: true, credential: 'k0' });
      await sleep(800);
      t.notOk((await chooseAll(cluster, 8)).some((choice) => choice.trial || choice.credential !== 'k0'));
      t.match(await last(cluster).choose(session), { credential: 'k0', sticky: true });
    },
  );

  promise('retries are a share of the requests of all workers', {}, async (cluster, t) => {
    await cluster.workers[0]!.retry(200);
    const wishes = Array.from({ length: 90 }, (_, index) => cluster.workers[index % cluster.workers.length]!.retry(0));
    const granted = (await Promise.all(wishes)).filter(Boolean).length;
    // Both counts fade alike, the wishes over the milliseconds of the test.
    t.ok(granted >= 36 && granted <= 42, `${granted} of 90, after one more`);
  });

  promise('a refusal rests the whole credential, a rate limit one model', { ...anyModel(), weights: [1] }, async (cluster, t) => {
    const ask = (model: string) => last(cluster).choose({ alias: '*', model });
    await cluster.workers[0]!.report(limited({ upstream: 'u', credential: 'k0', model: 'a' }, 60_000));
    await sleep(HEARD);
    t.match(await ask('a'), { found: false, reason: 'resting', rest: 'rate-limited' });
    t.match(await ask('b'), { found: true, model: 'b' });
    await cluster.workers[0]!.report({ upstream: 'u', credential: 'k0', model: 'b', kind: 'refused' });
    await sleep(HEARD);
    const refused = await ask('c');
    t.match(refused, { found: false, reason: 'resting', rest: 'refused' });
    t.ok(!refused.found && (refused.retryAfter ?? 0) > 50_000);
  });

  promise('when all are only failing the one back soonest is tried', { weights: [1, 1] }, async (cluster, t) => {
    const failed = (credential: string) =>
      cluster.workers[0]!.report({ upstream: 'u', credential, model: 'm', kind: 'failed', atOnce: true });
    await failed('k1');
    await sleep(20);
    await failed('k0');
    await sleep(HEARD);
    t.match(await last(cluster).choose(REQUEST), { found: true, credential: 'k1', trial: true });
    t.match(await last(cluster).choose({ ...REQUEST, exclude: ['u/k1'] }), { found: true, credential: 'k0' });
    await cluster.workers[0]!.report(limited({ upstream: 'u', credential: 'k1', model: 'm' }, 30_000));
    await cluster.workers[0]!.pause('u/k0');
    await sleep(HEARD);
    t.match(await last(cluster).choose(REQUEST), { found: false, reason: 'resting', rest: 'rate-limited' });
  });

  promise('a paused credential is out on every worker until it is resumed', { weights: [1, 1] }, async (cluster, t) => {
    const request = { ...REQUEST, session: 's' };
    const bound = found(await last(cluster).choose(request)).credential;
    await cluster.workers[0]!.pause(`u/${bound}`);
    await sleep(HEARD);
    t.not(found(await last(cluster).choose(request)).credential, bound);
    t.equal(tally(await chooseAll(cluster, 10)).get(bound), undefined);
    t.ok((await last(cluster).snapshot()).credentials.find((state) => state.credential === bound)?.paused);
    await last(cluster).resume(`u/${bound}`);
    await sleep(HEARD);
    t.ok(tally(await chooseAll(cluster, 10)).get(bound));
  });

  const tiers = [1, 2].map((priority) => ({ upstream: `u${priority}`, model: `model-${priority}`, weight: 1, priority }));
  const tiered = {
    upstreams: [contractUpstream('u1', [1, 1]), contractUpstream('u2', [1, 1])],
    models: [{ name: 'm', targets: tiers }],
  };
  promise('the next priority serves only while nothing of the first can', tiered, async (cluster, t) => {
    t.ok((await chooseAll(cluster, 10)).every((choice) => choice.upstream === 'u1' && choice.model === 'model-1'));
    await cluster.workers[0]!.pause('u1/k0');
    await sleep(HEARD);
    t.ok((await chooseAll(cluster, 10)).every((choice) => choice.upstream === 'u1' && choice.credential === 'k1'));
    await cluster.workers[0]!.pause('u1/k1');
    await sleep(HEARD);
    t.ok((await chooseAll(cluster, 10)).every((choice) => choice.upstream === 'u2' && choice.model === 'model-2'));
  });

  promise("targets of one priority share by weight and models share their credentials' turns", weighted(), async (cluster, t) => {
    const choices = await chooseAll(cluster, 24);
    t.strictSame(sorted(countBy(choices, (choice) => choice.upstream)), [
      ['a', 18],
      ['b', 6],
    ]);
    const more = await chooseAll(cluster, 6, () => ({ alias: 'other', model: 'other' }));
    const ofA = tally([...choices, ...more].filter((choice) => choice.upstream === 'a'));
    t.strictSame(sorted(ofA), [
      ['k0', 12],
      ['k1', 12],
    ]);
  });

  promise('a new configuration keeps sessions of what stays and moves those of what left', {}, async (cluster, t) => {
    const ask = (session: number) => last(cluster).choose({ ...REQUEST, session: `s${session}` });
    const before = [];
    for (let session = 0; session < 4; session++) before.push(found(await ask(session)).credential);
    t.strictSame([...before].sort(), ['k0', 'k1', 'k2', 'k3']);
    await cluster.configure(contractConfig({ weights: [1, 1, 1] }));
    await sleep(HEARD);
    for (const [session, credential] of before.entries()) {
      const now = found(await ask(session));
      if (credential === 'k3') t.notOk(now.sticky);
      else t.match(now, { credential, sticky: true });
    }
  });

  promise('the snapshot counts picks over all workers, known sessions too', { weights: [1, 1] }, async (cluster, t) => {
    await chooseAll(cluster, 20, (index) => ({ ...REQUEST, session: `s${index % 2}` }));
    await chooseAll(cluster, 20, (index) => ({ ...REQUEST, session: `s${index % 2}` }));
    await sleep(1_300);
    const { credentials, sessions } = await last(cluster).snapshot();
    t.equal(
      credentials.reduce((sum, state) => sum + state.picks, 0),
      40,
    );
    t.equal(sessions.count, 2);
    t.strictSame(sessions.newest.map(({ session }) => session).sort(), ['s0', 's1']);
  });

  promise('the table of sessions is bounded', { maxSessions: 10 }, async (cluster, t) => {
    await chooseAll(cluster, 50, (index) => ({ ...REQUEST, session: `s${index}` }));
    t.equal((await last(cluster).snapshot()).sessions.count, 10);
  });
}

function anyModel(): ConfigWish {
  return { models: [{ name: '*', targets: [{ upstream: 'u', weight: 1, priority: 1 }] }] };
}

function weighted(): ConfigWish {
  const target = (upstream: string, weight: number) => ({ upstream, weight, priority: 1 });
  return {
    upstreams: [contractUpstream('a', [1, 1]), contractUpstream('b', [1])],
    models: [
      { name: 'm', targets: [target('a', 3), target('b', 1)] },
      { name: 'other', targets: [target('a', 1)] },
    ],
  };
}

/** Workers in turn, all under way at once. */
async function chooseAll(
  { workers }: ContractCluster,
  times: number,
  request: (index: number) => ChoiceRequest = () => REQUEST,
): Promise<ChosenCredential[]> {
  const choices = Array.from({ length: times }, (_, index) => workers[index % workers.length]!.choose(request(index)));
  return (await Promise.all(choices)).map(found);
}

function found(choice: Choice): ChosenCredential {
  if (!choice.found) throw new Error(`no credential: ${choice.reason} ${choice.rest ?? ''}`);
  return choice;
}

function tally(choices: readonly ChosenCredential[]): Map<string, number> {
  return countBy(choices, (choice) => choice.credential);
}

function countBy(choices: readonly ChosenCredential[], name: (choice: ChosenCredential) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const choice of choices) counts.set(name(choice), (counts.get(name(choice)) ?? 0) + 1);
  return counts;
}

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

function limited(
  { upstream, credential, model }: Pick<Outcome, 'upstream' | 'credential' | 'model'>,
  retryAfter: number,
): Outcome {
  return { upstream, credential, model, kind: 'rate-limited', retryAfter };
}

function last({ workers }: ContractCluster): ContractWorker {
  return workers[workers.length - 1]!;
}
