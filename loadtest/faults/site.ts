/** What the rows of one run share: the wall, one gateway with every row's models, and all that gateways were heard saying. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayConfig, type ModelWish, ONE_CLIENT } from './gateway-config.js';
import { type Gateway, GatewayProcess } from './gateway-process.js';
import { Wall } from './wall/wall.js';

/** A model of the shared gateway that is always healthy, in each form: what others ask while a fault strikes. */
export const BYSTANDER: readonly ModelWish[] = (['chat', 'messages', 'responses'] as const).map((form) => ({
  model: `bystander-${form}`,
  places: [{ upstream: `bystander-${form}-a`, form, credentials: 2 }],
}));

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

  async stop(): Promise<void> {
    const gateway = await this.#shared?.catch(() => undefined);
    if (gateway instanceof GatewayProcess) await gateway.kill();
    this.wall.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #startShared(): Promise<Gateway> {
    const config = sharedConfig(this.#wish.models, this.wall.origin);
    return new GatewayProcess({ home: this.home, folder: this.#folder, config }).ready();
  }
}

function targetAt(url: string): Gateway {
  return { origin: url, port: Number(new URL(url).port || 80), admin: '' };
}
