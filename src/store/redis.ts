/**
 * The store that several hosts share. One script call decides; a worker remembers the sessions it knows; and
 * while Redis is slow or gone the worker's own ledger decides, so that no request waits longer than `store.timeout`.
 */
import type { GatewayConfig } from '../config.js';
import { Ledger } from '../credential/ledger.js';
import { credentialKey, type Plan, planOf, type Target, targetOf } from '../credential/plan.js';
import { UNTIL_RESUMED } from '../credential/rest-length.js';
import { sessionKey, sharedTtl } from '../credential/sessions.js';
import type { Choice, ChoiceRequest, ChosenCredential, CredentialKey, Outcome } from '../credential/types.js';
import { shareOf } from '../limits/share.js';
import type { AdmissionRequest, Return, Verdict } from '../limits/types.js';
import { log } from '../log.js';
import type { StoreToPrimary, StoreToWorker } from '../messages.js';
import type { UsageTable } from '../usage.js';
import { Breaker } from './breaker.js';
import { chooseArguments } from './choose-arguments.js';
import { hasCaps } from './has-caps.js';
import { KnownSessions } from './known-sessions.js';
import type { ScriptName } from './lua/index.js';
import { Pending } from './pending.js';
import { type StoredPlan, storedPlan } from './plan-fields.js';
import type { PrimaryStore } from './primary-link.js';
import { connectRedis, type RedisClient } from './redis-client.js';
import { RedisLimits } from './redis-limits.js';
import { RedisRetries } from './redis-retries.js';
import { asksForPlan, keysOf, readChoice, readRest, readSnapshot } from './replies.js';
import { reportArguments } from './report-arguments.js';
import { nextSlot } from './slot-names.js';
import type { RestListener, StoreHealth, StoreSnapshot } from './store.js';
import { UntoldRests } from './untold-rests.js';
import { readUsage, rowText } from './usage-rows.js';
import { limitedBy, unwanted, withVerdict } from './verdicts.js';

const PLAN_TTL = 7 * 86_400_000;
const PICKS_EVERY = 1_000;
const NEWEST_SESSIONS = 50;
/** Longest a start waits for the first connection; after it the own view serves. */
const FIRST_CONNECTION = 2_000;
/** Asked by people, who wait longer than requests. */
const ADMIN_TIMEOUT = 2_000;

export class RedisStore implements PrimaryStore {
  /** Settles at the first connection, or after two seconds without one. */
  readonly ready: Promise<void>;
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #onRest: RestListener;
  readonly #known: KnownSessions;
  readonly #own: Ledger;
  readonly #limits: RedisLimits;
  readonly #calls: Pending<unknown>;
  readonly retries: RedisRetries;
  readonly #untold = new UntoldRests();
  readonly #adminCalls = new Pending<unknown>(ADMIN_TIMEOUT);
  readonly #breaker: Breaker;
  readonly #picksTimer: NodeJS.Timeout;
  #config: GatewayConfig;
  #plan: Plan;
  #hasCaps: boolean;
  #stored: StoredPlan;
  #heard = false;
  #fallbacks = 0;

  /** `serves`: whether requests are served here; the primary of a cluster only shows. */
  constructor(config: GatewayConfig, url: string, onRest: RestListener = () => {}, serves = true) {
    this.#config = config;
    this.#plan = planOf(config);
    this.#hasCaps = hasCaps(config);
    this.#stored = storedPlan(this.#plan);
    this.#prefix = `{${config.store.prefix}}:`;
    this.#onRest = onRest;
    this.#known = new KnownSessions(config.sticky.ttl, config.sticky.maxSessions);
    this.#own = new Ledger(config, ({ key, cap = 0 }) => shareOf(cap, key, this.#limits.standing));
    this.#calls = new Pending(config.store.timeout);
    this.#client = connectRedis(url);
    this.#breaker = new Breaker(
      {
        probe: () => this.#client.probe(`${this.#prefix}probe`),
        reconnect: () => this.#client.reconnect(),
        onChange: (open) => this.#changed(open),
      },
      config.store.timeout,
    );
    this.#picksTimer = setInterval(() => this.#sendPicks(), PICKS_EVERY).unref();
    const run = this.#run.bind(this);
    const access = {
      ...{ run, isAway: () => this.#breaker.open },
      succeeded: () => this.#breaker.succeeded(),
      failed: () => this.#breaker.failed(),
    };
    this.#limits = new RedisLimits(config, access, serves);
    this.retries = new RedisRetries(config, access);
    this.ready = this.#connected();
  }

  get health(): StoreHealth {
    return { kind: 'redis', degraded: this.#breaker.open, fallbacks: this.#fallbacks };
  }

  choose(request: ChoiceRequest): Choice | Promise<Choice> {
    // Rests are heard over the channel; without it a known session may be bound to what rests.
    const known = this.#heard || this.#breaker.open ? this.#known.lookup(request, performance.now()) : undefined;
    if (known === undefined) return this.#breaker.open ? this.#chooseUnheard(request) : this.#ask(request);
    if (known.touch !== undefined) this.#touch(known.touch, request, known.choice);
    return request.admit === undefined ? known.choice : this.#admitted(request.admit, known.choice);
  }

  admit(request: AdmissionRequest): Verdict | Promise<Verdict> {
    return this.#limits.admit(request);
  }

  give(back: Return): void {
    if (back.kind === 'credential-slot') this.#own.slots.give(back.slot);
    this.#limits.give(back);
  }

  async addUsage(rows: UsageTable, batch: number): Promise<boolean> {
    if (this.#breaker.open) return false;
    const reply = await this.#admin('tidegateAddUsage', 'usage', [this.#limits.name, batch, JSON.stringify(rows.map(rowText))]);
    return reply !== undefined;
  }

  async keptUsage(): Promise<UsageTable | undefined> {
    const reply = this.#breaker.open ? undefined : await this.#admin('tidegateKeptUsage', 'usage', []);
    return readUsage(reply);
  }

  bind(request: ChoiceRequest, choice: ChosenCredential): void {
    const target = targetOf(this.#plan, request, choice);
    if (!target || request.session === undefined) return;
    const { ttl, maxSessions } = this.#config.sticky;
    const key = sessionKey(request.session, request.alias);
    const now = performance.now();
    this.#own.bind(request, choice, now);
    this.#known.remember(request, choice, this.#known.epoch, now);
    this.#tell('tidegateBind', `session:${key}`, [key, Math.ceil(sharedTtl(ttl)), maxSessions, boundText(choice, target)]);
  }

  report(outcome: Outcome): void {
    const now = performance.now();
    const rests = this.#own.report(outcome, now);
    for (const rest of rests) {
      this.#known.rested(rest);
      if (this.#breaker.open) this.#onRest(rest);
    }
    if ((outcome.kind === 'ok' || outcome.kind === 'unknown') && !outcome.trial) return;
    if (this.#breaker.open) this.#untold.note(outcome, rests, now);
    else this.#tellOutcome(outcome, () => this.#untold.note(outcome, rests, now));
  }

  async pause(key: CredentialKey): Promise<void> {
    this.#hear(this.#own.pause(key));
    await this.#admin('tidegatePause', `rest:${key}`, [key, 1, UNTIL_RESUMED]);
  }

  async resume(key: CredentialKey): Promise<void> {
    this.#hear(this.#own.resume(key));
    await this.#admin('tidegatePause', `rest:${key}`, [key, 0, 0]);
  }

  configure(config: GatewayConfig): void {
    this.#config = config;
    this.#plan = planOf(config);
    this.#hasCaps = hasCaps(config);
    this.#stored = storedPlan(this.#plan);
    this.#own.configure(config, performance.now());
    this.#known.resize(config.sticky.ttl, config.sticky.maxSessions);
    this.#limits.configure(config);
    this.retries.configure(config.retry.budgetPercent);
    this.#storePlan().catch(() => this.#breaker.failed());
  }

  async snapshot(): Promise<StoreSnapshot> {
    const plan = this.#plan;
    const reply = await this.#admin('tidegateSnapshot', 'picks', [NEWEST_SESSIONS, ...keysOf(plan)]);
    const clients = await this.#limits.uses().catch(() => []);
    return { ...(reply === undefined ? this.#own.snapshot(performance.now()) : readSnapshot(reply, plan)), clients };
  }

  /** Workers ask Redis themselves; all they say here is who they are. */
  answer(message: StoreToPrimary, _send: (message: StoreToWorker) => void, worker = 0): void {
    if (message.type === 'store-owner') this.#limits.meet(worker, message.owner);
  }

  /** Workers hear rests from Redis themselves. */
  greet(): void {}

  gone(worker: number): void {
    this.#limits.bury(worker);
  }

  async close(): Promise<void> {
    clearInterval(this.#picksTimer);
    this.#limits.close();
    this.#breaker.close();
    this.#calls.close();
    this.retries.close();
    this.#adminCalls.close();
    this.#client.close();
  }

  #chooseAlone(request: ChoiceRequest): Choice {
    this.#fallbacks++;
    const verdict = request.admit && this.#limits.alone(request.admit);
    if (verdict?.admitted === false) return limitedBy(verdict);
    const now = performance.now();
    const choice = this.#own.choose({ ...request, slot: nextSlot() }, now);
    this.#taken(request, choice);
    // Certain only while nobody asks: a call that was merely late may have bound the session elsewhere.
    if (this.#breaker.open) this.#known.remember(request, choice, this.#known.epoch, now);
    else this.#known.presume(request, choice, now);
    return withVerdict(choice, verdict);
  }

  /** The session's credential is known: only the client's limits are asked. */
  async #admitted(request: AdmissionRequest, choice: ChosenCredential): Promise<Choice> {
    const verdict = await this.admit(request);
    if (!verdict.admitted) this.#known.unpick(choice);
    return withVerdict(choice, verdict);
  }

  /** Redis was asked and did not answer: a session that this worker knows stays where it is. */
  #chooseUnheard(request: ChoiceRequest): Choice {
    const known = this.#known.recall(request, performance.now());
    if (known === undefined) return this.#chooseAlone(request);
    this.#fallbacks++;
    return withVerdict(known, request.admit && this.#limits.alone(request.admit));
  }

  async #ask(request: ChoiceRequest): Promise<Choice> {
    const { epoch } = this.#known;
    const asked = performance.now();
    const question = this.#hasCaps ? { ...request, slot: nextSlot() } : request;
    const choice = (await this.#calls.ask((id) => this.#sendChoose(id, question))) as Choice | undefined;
    if (choice === undefined) {
      this.#breaker.failed();
      return this.#chooseUnheard(request);
    }
    this.#breaker.succeeded();
    this.#taken(request, choice);
    this.#known.remember(request, choice, epoch, asked);
    return choice;
  }

  /** What the choice came with is this worker's now. */
  #taken({ admit }: ChoiceRequest, choice: Choice): void {
    if (admit && choice.verdict) this.#limits.accept(admit, choice.verdict);
    if (!choice.found || choice.slot === undefined) return;
    const key = credentialKey(choice.upstream, choice.credential);
    this.#own.slots.take(key, choice.slot, 0);
    this.#limits.holdCredential(key, choice.slot);
  }

  #sendChoose(id: number, request: ChoiceRequest): boolean {
    const args = chooseArguments(request, this.#config.sticky, this.#recalled(request));
    this.#chooseOnce(args)
      .then((reply) => (asksForPlan(reply) ? this.#storePlan().then(() => this.#chooseOnce(args)) : reply))
      .then(
        (reply) => this.#heardChoice(id, request, readChoice(reply, request)),
        () => this.#calls.settle(id, undefined),
      );
    return true;
  }

  /** One that nobody waits for any longer has taken what must be given back, and bound a new session elsewhere than it was served. */
  #heardChoice(id: number, request: ChoiceRequest, choice: Choice | undefined): void {
    if (this.#calls.settle(id, choice) || choice === undefined) return;
    for (const back of unwanted(choice)) this.#limits.give(back);
    const served = choice.found && !choice.sticky ? this.#known.presumed(request, performance.now()) : undefined;
    if (served) this.bind(request, served);
  }

  #chooseOnce(args: readonly (string | number)[]): Promise<unknown> {
    return this.#run('tidegateChoose', `plan:${this.#stored.fingerprint}`, args);
  }

  /** A session that Redis has lost is bound again; one that it has elsewhere is forgotten here. */
  #touch(key: string, request: ChoiceRequest, choice: ChosenCredential): void {
    const target = targetOf(this.#plan, request, choice);
    if (this.#breaker.open || !target) return;
    const { ttl, maxSessions } = this.#config.sticky;
    const args = [key, Math.ceil(sharedTtl(ttl)), maxSessions, boundText(choice, target)];
    this.#run('tidegateTouch', `session:${key}`, args).then(
      (kept) => kept === 0 && this.#known.forget(key),
      () => this.#breaker.failed(),
    );
  }

  /** Where this worker last knew the session, for a Redis that has lost it. */
  #recalled(request: ChoiceRequest): string {
    const choice = this.#known.recall(request, performance.now());
    const target = choice && targetOf(this.#plan, request, choice);
    return target ? boundText(choice, target) : '';
  }

  #sendPicks(): void {
    this.retries.tell();
    const picks = this.#known.takePicks();
    if (picks.length > 0) this.#tell('tidegateTally', 'picks', picks.flat());
  }

  /** Say something without waiting; while Redis is away it is lost, and others learn it by themselves. */
  #tell(script: ScriptName, key: string, args: readonly (string | number)[]): void {
    if (!this.#breaker.open) this.#run(script, key, args).catch(() => this.#breaker.failed());
  }

  #tellOutcome(outcome: Outcome, onLost: () => void): void {
    const key = credentialKey(outcome.upstream, outcome.credential);
    this.#run('tidegateReport', `rest:${key}`, reportArguments(key, outcome)).catch(() => {
      onLost();
      this.#breaker.failed();
    });
  }

  #admin(script: ScriptName, key: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#adminCalls.ask((id) => {
      this.#run(script, key, args).then(
        (reply) => this.#adminCalls.settle(id, reply),
        () => this.#adminCalls.settle(id, undefined),
      );
      return true;
    });
  }

  #run(script: ScriptName, key: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#client.run(script, this.#prefix + key, [this.#prefix, ...args]);
  }

  #storePlan(): Promise<void> {
    const { fingerprint, fields } = this.#stored;
    return this.#client.putHash(`${this.#prefix}plan:${fingerprint}`, fields, PLAN_TTL);
  }

  #connected(): Promise<void> {
    this.#client.subscribe(
      `${this.#prefix}rests`,
      (text) => this.#heardText(text),
      (heard) => this.#listening(heard),
    );
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#breaker.trip();
        resolve();
      }, FIRST_CONNECTION).unref();
      this.#client.onReady(() => {
        clearTimeout(late);
        this.#storePlan().then(resolve, resolve);
      });
    });
  }

  #heardText(text: string): void {
    const rest = readRest(text);
    if (rest === undefined) return;
    this.#own.apply(rest, performance.now());
    this.#hear(rest);
  }

  #hear(rest: Parameters<RestListener>[0]): void {
    this.#known.rested(rest);
    this.#onRest(rest);
  }

  /**
   * Whatever was said while nobody listened is unknown, so nothing remembered is certain once it is heard again. Until then
   * Redis is asked, and while that is away too, what is remembered is the best that there is: sessions stay where they are.
   */
  #listening(heard: boolean): void {
    this.#heard = heard;
    if (heard && !this.#breaker.open) this.#known.doubt();
  }

  #changed(open: boolean): void {
    if (open) {
      const { fault } = this.#client;
      log.warn({ event: 'store-degraded', store: 'redis', fault }, 'Redis does not answer: this process chooses on its own view');
      this.#calls.giveUp();
      this.#limits.giveUp();
      this.retries.giveUp();
      return;
    }
    log.info({ event: 'store-recovered', store: 'redis' }, 'Redis answers again');
    this.#limits.recovered();
    const now = performance.now();
    for (const outcome of this.#untold.take(now)) this.#tellOutcome(outcome, () => {});
    this.#known.doubt();
  }
}

/** As a session is bound in Redis. */
function boundText({ upstream, credential }: ChosenCredential, { model = '' }: Target): string {
  return `${upstream}\n${credential}\n${model}`;
}
