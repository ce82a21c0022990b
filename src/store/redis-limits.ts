/**
 * Client limits by way of Redis: what is asked and given back, the roll call that keeps a worker's slots and its place among
 * all workers, and the worker's own share while Redis is away.
 */
import { randomBytes } from 'node:crypto';
import type { GatewayConfig } from '../config.js';
import type { CredentialKey } from '../credential/types.js';
import type { Time } from '../limits/limiter.js';
import { OwnLimits } from '../limits/own-limits.js';
import type { Standing } from '../limits/share.js';
import type { AdmissionRequest, ClientUse, Return, Verdict } from '../limits/types.js';
import { hasCaps } from './has-caps.js';
import { type HeardVerdict, readUses, readVerdict } from './limit-replies.js';
import type { ScriptName } from './lua/index.js';
import { Outbox } from './outbox.js';
import { Pending } from './pending.js';
import { refusedAway, unwantedVerdict } from './verdicts.js';

/** What these limits need of the store that they are a part of. */
export interface RedisAccess {
  /** Key without prefix. Rejects when Redis does not do it. */
  run(script: ScriptName, key: string, args: readonly (string | number)[]): Promise<unknown>;
  /** Whether nobody should ask now. */
  isAway(): boolean;
  succeeded(): void;
  failed(): void;
}

/** Milliseconds. What a worker last heard of its clients is this old when Redis goes away. */
const ROLL_CALL_EVERY = 1_000;
/** A worker that missed so many is counted among the others no longer. */
const WORKER_LEASE = 5 * ROLL_CALL_EVERY;
/** In roll calls. Two renewals may be lost before the lease of a slot is over (`SLOT_LEASE`). */
const RENEW_EVERY = 2;
const MOST_PER_CALL = 1_000;
const MOST_ASKED = 200;

export class RedisLimits {
  /** Among the workers of all hosts. */
  readonly name = randomBytes(9).toString('base64url');
  readonly #access: RedisAccess;
  readonly #own: OwnLimits;
  readonly #outbox: Outbox;
  readonly #verdicts: Pending<HeardVerdict>;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Credentials' slots that this worker holds. */
  readonly #credentialSlots = new Map<string, CredentialKey>();
  readonly #owners = new Map<number, string>();
  #config: GatewayConfig;
  #calls = 0;
  /** The rank may be any until the first roll call; of this host alone there are so many. */
  #standing: Standing;

  /** `serves`: whether requests are served here; the primary only shows. */
  constructor(config: GatewayConfig, access: RedisAccess, serves: boolean) {
    this.#config = config;
    this.#access = access;
    this.#standing = { workers: Math.max(1, config.server.workers), rank: 0 };
    this.#own = new OwnLimits(this.#standing);
    this.#verdicts = new Pending(config.store.timeout);
    this.#outbox = new Outbox((returns) => this.#send(returns));
    if (serves) this.#timer = setInterval(() => void this.rollCall(), ROLL_CALL_EVERY).unref();
  }

  /** This worker among all of them. */
  get standing(): Standing {
    return this.#standing;
  }

  configure(config: GatewayConfig): void {
    this.#config = config;
    this.#own.retain(new Set(config.clients.map(({ name }) => name)));
  }

  /** As `Store.admit`. */
  admit(request: AdmissionRequest): Verdict | Promise<Verdict> {
    return this.#access.isAway() ? this.alone(request) : this.#ask(request);
  }

  /** Nobody waits any longer. */
  giveUp(): void {
    this.#verdicts.giveUp();
  }

  /** What the clients use now, for the admin pages; of clients that use nothing there is no word. */
  async uses(): Promise<ClientUse[]> {
    const clients = this.#config.clients.filter(isLimited).map(({ name, budget }) => [name, budget?.per ?? '']);
    if (clients.length === 0 || this.#access.isAway()) return [];
    return readUses(await this.#access.run('tidegateUses', 'limit', [JSON.stringify(clients)]));
  }

  /** A verdict that a request goes by. */
  accept(request: AdmissionRequest, verdict: HeardVerdict): void {
    if (verdict.admitted) this.#own.hold(request.client, verdict.receipt.slot);
    if (verdict.use) this.#own.hear(verdict.use, timeOfNow());
  }

  /** Redis is away. */
  alone(request: AdmissionRequest): Verdict {
    return this.#config.store.limitsWhenAway === 'open' ? this.#own.admit(request, timeOfNow()) : refusedAway();
  }

  holdCredential(key: CredentialKey, slot: string): void {
    this.#credentialSlots.set(slot, key);
  }

  give(back: Return): void {
    if (back.kind === 'client-slot') this.#own.giveSlot(back.slot);
    if (back.kind === 'credential-slot') this.#credentialSlots.delete(back.slot);
    if (back.kind !== 'settle') return this.#outbox.add(back);
    const { settlement } = back;
    this.#own.giveSlot(settlement.receipt.slot);
    if (!settlement.receipt.alone) return this.#outbox.add(back);
    if (this.#access.isAway()) return this.#own.settle(settlement, timeOfNow());
    const charge = this.#own.afterwards(settlement);
    if (charge) this.#outbox.add({ kind: 'charge', charge });
  }

  /** A worker of this primary, by the beginning of its slots' names. */
  meet(worker: number, owner: string): void {
    this.#owners.set(worker, owner);
  }

  /** That worker is gone: its slots are free at once where Redis can be told, and with the end of their leases where not. */
  bury(worker: number): void {
    const owner = this.#owners.get(worker);
    this.#owners.delete(worker);
    if (owner === undefined || this.#access.isAway()) return;
    const places = slotPlaces(this.#config);
    for (let from = 0; from < places.length; from += MOST_PER_CALL) {
      const part = JSON.stringify(places.slice(from, from + MOST_PER_CALL));
      this.#access.run('tidegateDropSlots', 'limit', [owner, part]).catch(() => this.#access.failed());
    }
  }

  /** Redis is back: it is told what was used meanwhile, and which slots are held. */
  recovered(): void {
    for (const charge of this.#own.takeCharges(timeOfNow())) this.#outbox.add({ kind: 'charge', charge });
    this.#calls = 0;
    if (this.#timer) void this.rollCall();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#outbox.flush();
    this.#verdicts.close();
  }

  async #ask(request: AdmissionRequest): Promise<Verdict> {
    const verdict = await this.#verdicts.ask((id) => this.#sendQuestion(id, request));
    if (verdict === undefined) {
      this.#access.failed();
      return this.alone(request);
    }
    this.#access.succeeded();
    this.accept(request, verdict);
    return verdict;
  }

  #sendQuestion(id: number, request: AdmissionRequest): boolean {
    this.#access.run('tidegateAdmit', `limit:${request.client}`, [JSON.stringify(request)]).then(
      (reply) => this.#heard(id, readVerdict(reply, request)),
      () => this.#verdicts.settle(id, undefined),
    );
    return true;
  }

  /** A verdict that comes too late for anyone has taken what must be given back. */
  #heard(id: number, verdict: HeardVerdict | undefined): void {
    if (!this.#verdicts.settle(id, verdict)) for (const back of unwantedVerdict(verdict)) this.#outbox.add(back);
  }

  /** Costs a call a second where anything is limited, and nothing elsewhere. */
  async rollCall(): Promise<void> {
    const clients = this.#clientsToAsk();
    if (this.#access.isAway() || (clients.length === 0 && !hasCaps(this.#config))) return;
    const renewals = this.#calls++ % RENEW_EVERY === 0 ? this.#heldInParts() : [];
    try {
      for (const part of renewals.slice(1)) await this.#callRoll(part, []);
      const reply = await this.#callRoll(renewals[0] ?? [], clients);
      this.#hear(reply);
    } catch {
      this.#access.failed();
    }
  }

  #callRoll(held: readonly (readonly [string, string])[], clients: readonly (readonly [string, string])[]): Promise<unknown> {
    const slots = held.length === 0 ? '' : JSON.stringify(held);
    return this.#access.run('tidegateRollCall', 'workers', [this.name, WORKER_LEASE, slots, JSON.stringify(clients)]);
  }

  #hear(reply: unknown): void {
    if (!Array.isArray(reply)) return;
    const [workers, rank, uses] = reply as unknown[];
    if (Number(workers) >= 1) this.#standing = { workers: Number(workers), rank: Number(rank) || 0 };
    this.#own.standing = this.#standing;
    for (const use of readUses(uses)) this.#own.hear(use, timeOfNow());
  }

  #clientsToAsk(): (readonly [client: string, per: string])[] {
    const limited = this.#config.clients.filter(isLimited).map(({ name, budget }) => [name, budget?.per ?? ''] as const);
    const from = limited.length > MOST_ASKED ? (this.#calls * MOST_ASKED) % limited.length : 0;
    return limited.slice(from, from + MOST_ASKED);
  }

  #heldInParts(): (readonly [key: string, slot: string])[][] {
    const held = [
      ...[...this.#own.held()].map(([slot, client]) => [`c:${client}`, slot] as const),
      ...[...this.#credentialSlots].map(([slot, key]) => [`k:${key}`, slot] as const),
    ];
    return Array.from({ length: Math.ceil(held.length / MOST_PER_CALL) }, (_, part) =>
      held.slice(part * MOST_PER_CALL, (part + 1) * MOST_PER_CALL),
    );
  }

  /** While Redis is away it is lost: leases end, and reserves leave their window, by themselves. */
  #send(returns: readonly Return[]): void {
    if (this.#access.isAway()) return;
    this.#access.run('tidegateGive', 'limit', [JSON.stringify(returns)]).catch(() => this.#access.failed());
  }
}

/** Where slots can be held at all, as the scripts name them. */
function slotPlaces({ clients, upstreams }: GatewayConfig): string[] {
  const limited = clients.filter(({ concurrency }) => concurrency !== undefined).map(({ name }) => `c:${name}`);
  const capped = upstreams.flatMap(({ name, credentials }) =>
    credentials.filter(({ concurrency }) => concurrency !== undefined).map(({ id }) => `k:${name}/${id}`),
  );
  return [...limited, ...capped];
}

function isLimited({ rpm, tpm, concurrency, budget }: GatewayConfig['clients'][number]): boolean {
  return rpm !== undefined || tpm !== undefined || concurrency !== undefined || budget !== undefined;
}

function timeOfNow(): Time {
  return { now: performance.now(), wall: Date.now() };
}
