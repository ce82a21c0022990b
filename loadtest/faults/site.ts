/** What the rows of one run share: the wall, one gateway with every row's models, and all that gateways were heard saying. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AskWish, ask } from './client/ask.js';
import { Load, type LoadReport } from './client/load.js';
import { FORMS, gatewayConfig, type ModelWish, ONE_CLIENT } from './gateway-config.js';
import { type Gateway, GatewayProcess } from './gateway-process.js';
import { Wall } from './wall/wall.js';

/** A model of the shared gateway that is always healthy, in each form: what others ask while a fault strikes. */
export const BYSTANDER: readonly ModelWish[] = FORMS.map((form) => ({
  model: `bystander-${form}`,
  places: [{ upstream: `bystander-${form}-a`, form, credentials: 2 }],
}));

/** Requests before the first row, and a second beside the rows. */
const FIRST = 60;
const BESIDE_RATE = 15;

export interface SiteWish {
  readonly home: string;
  readonly target?: string;
  readonly wallPort?: number;
  /** Of the rows that will run. */
  readonly models: readonly ModelWish[];
  readonly minutes?: number;
  readonly scale?: number;
}

/** The shared gateway's config, for our own and for whoever sets up a target. */
export function sharedConfig(models: readonly ModelWish[], wall: string): Record<string, unknown> {
  // Rows may share a model.
  const byName = new Map([...BYSTANDER, ...models].map((wish) => [wish.model, wish]));
  return gatewayConfig({ models: [...byName.values()], config: { clients: ONE_CLIENT } }, wall);
}

export class Site {
  readonly wall: Wall;
  readonly home: string;
  /** What gateways have said: output, metrics, admin answers, each with where it comes from. For the search for secrets. */
  readonly heard: { readonly from: string; readonly text: string }[] = [];
  /** As wished: how long the rows that last go on, and the share of the counts of the long rows. */
  readonly minutes: number | undefined;
  readonly scale: number;
  readonly #wish: SiteWish;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidegate-faults-'));
  #shared: Promise<Gateway> | undefined;
  #beside: Load | undefined;
  #report: LoadReport | undefined;

  private constructor(wall: Wall, wish: SiteWish) {
    this.wall = wall;
    this.home = wish.home;
    this.minutes = wish.minutes;
    this.scale = wish.scale ?? 1;
    this.#wish = wish;
  }

  static async start(wish: SiteWish): Promise<Site> {
    return new Site(await Wall.start(wish.wallPort ?? 0), wish);
  }

  shared(): Promise<Gateway> {
    this.#shared ??= this.#wish.target === undefined ? this.#startShared() : Promise.resolve(targetAt(this.#wish.target));
    return this.#shared;
  }

  /** How those fared who asked healthy models of the shared gateway meanwhile; undefined where nobody did. Ends it. */
  async besides(): Promise<LoadReport | undefined> {
    const load = this.#beside;
    this.#beside = undefined;
    if (load) this.#report = await load.stop();
    return this.#report;
  }

  /** Keeps what a gateway has said so far. */
  async hear(gateway: GatewayProcess): Promise<void> {
    this.heard.push({ from: 'stdout', text: gateway.stdout.join('\n') }, { from: 'stderr', text: gateway.stderr.join('\n') });
    if (gateway.gone || gateway.admin === '') return;
    for (const path of ['/metrics', '/api/attempts', '/api/sessions', '/api/config', '/api/usage', '/api/credentials']) {
      const text = await fetch(gateway.admin + path, { signal: AbortSignal.timeout(3_000) }).then(
        (answer) => answer.text(),
        () => '',
      );
      this.heard.push({ from: path, text });
    }
  }

  /** Another shared gateway, and a wall that has seen nothing: nothing rests any more. A target stays. */
  async renew(): Promise<void> {
    const gateway = await this.#shared?.catch(() => undefined);
    this.wall.calls.length = 0;
    if (!(gateway instanceof GatewayProcess)) return;
    await this.hear(gateway);
    await gateway.kill();
    this.#shared = undefined;
  }

  async stop(): Promise<void> {
    await this.besides();
    const gateway = await this.#shared?.catch(() => undefined);
    if (gateway instanceof GatewayProcess) await gateway.kill();
    this.wall.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Healthy requests begin before any fault strikes and go on beside them: retries are a share of what is asked. */
  async #startShared(): Promise<Gateway> {
    const config = sharedConfig(this.#wish.models, this.wall.origin);
    const gateway = await new GatewayProcess({ home: this.home, folder: this.#folder, config }).ready();
    const wishes = BYSTANDER.map(({ model }, index) => ({ model, form: FORMS[index], stream: index % 2 === 0 }));
    await Promise.all(Array.from({ length: FIRST }, (_, index) => ask(gateway.origin, wishes[index % wishes.length] as AskWish)));
    if (this.#report === undefined) this.#beside = new Load(gateway.origin, { rate: BESIDE_RATE, wishes });
    return gateway;
  }
}

function targetAt(url: string): Gateway {
  return { origin: url, port: Number(new URL(url).port || 80), admin: '' };
}
