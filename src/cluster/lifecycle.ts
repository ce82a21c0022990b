/**
 * What may happen to a gateway that runs: a new configuration, new workers, the end.
 *
 *   starting ──▶ ready ──stop──▶ draining ──▶ exit 0
 *       └──────────┴──abort, hopeless──────▶ exit with its code
 */
import type { GatewayConfig } from '../config.js';
import type { Log } from '../log.js';
import type { RollOutcome } from './rolling-restart.js';
import type { RunningGateway } from './running-gateway.js';

/** What reading the configuration again brought. */
export type Reread =
  | { readonly ok: true; readonly config: GatewayConfig; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly faults: readonly string[] };

export interface ReloadRecord {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ok: boolean;
  /** Why the new configuration was refused. */
  readonly faults: readonly string[];
}

export interface LifecycleOptions {
  readonly config: GatewayConfig;
  readonly reread: () => Promise<Reread>;
  readonly log: Log;
  /** End the process. */
  readonly exit: (code: number) => void;
}

/** The exit code after an end that nobody asked for. */
const FAILED = 1;

export class Lifecycle {
  state: 'starting' | 'ready' | 'draining' = 'starting';
  config: GatewayConfig;
  /** Counts the configurations taken into use. */
  generation = 1;
  lastReload: ReloadRecord | undefined;
  /** Reloads since start by how they ended. */
  readonly reloads = { taken: 0, refused: 0 };
  readonly #options: LifecycleOptions;
  #gateway: RunningGateway | undefined;
  #reloading: Promise<ReloadRecord> | undefined;
  #reloadAgain = false;

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.config = options.config;
  }

  /** Run this gateway; resolves when it is ready to serve. */
  async run(gateway: RunningGateway): Promise<void> {
    this.#gateway = gateway;
    await gateway.start();
    if (this.state === 'starting') this.state = 'ready';
  }

  /** Leave in order: everybody finishes what runs. */
  async stop(why: string, code = 0): Promise<void> {
    if (this.state === 'draining') return;
    this.state = 'draining';
    this.#options.log.info({ why, drain: this.config.server.drain }, 'draining');
    await this.#gateway?.stop();
    this.#options.log.info('stopped');
    this.#options.exit(code);
  }

  /** Leave now; what runs is cut. */
  abort(why: string, code = FAILED): void {
    this.#options.log.error({ why }, 'leaving at once');
    this.#gateway?.kill();
    this.#options.exit(code);
  }

  /** Read the configuration again and use it if it has no fault. A wish during a reload is served by one more reload after it. */
  reload(): Promise<ReloadRecord> {
    if (this.#reloading !== undefined) this.#reloadAgain = true;
    this.#reloading ??= this.#reloadUntilQuiet().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  /** Replace the workers one after another. */
  async restart(): Promise<RollOutcome> {
    const outcome: RollOutcome =
      this.state === 'ready' && this.#gateway
        ? await this.#gateway.roll()
        : { ok: false, replaced: 0, reason: `the gateway is ${this.state}` };
    if (!outcome.ok) this.#options.log.warn({ reason: outcome.reason }, 'no rolling restart');
    return outcome;
  }

  async #reloadUntilQuiet(): Promise<ReloadRecord> {
    do {
      this.#reloadAgain = false;
      this.lastReload = await this.#reloadOnce();
      this.reloads[this.lastReload.ok ? 'taken' : 'refused']++;
    } while (this.#reloadAgain);
    return this.lastReload;
  }

  async #reloadOnce(): Promise<ReloadRecord> {
    const at = Date.now();
    const reread = await this.#options.reread().catch((error: unknown) => ({ ok: false as const, faults: [String(error)] }));
    if (!reread.ok) {
      this.#options.log.error({ faults: reread.faults }, 'the new configuration has faults; the old one stays in use');
      return { at, ok: false, faults: reread.faults };
    }
    if (this.state !== 'ready') return { at, ok: false, faults: [`the gateway is ${this.state}`] };
    for (const warning of reread.warnings) this.#options.log.warn(warning);
    this.#use(reread.config);
    return { at, ok: true, faults: [] };
  }

  #use(next: GatewayConfig): void {
    this.config = this.#keepKind(next);
    this.generation++;
    this.#gateway?.configure(this.config, this.generation);
    this.#options.log.info({ generation: this.generation }, 'configuration reloaded');
  }

  /** A cluster cannot become a single process while it serves, nor the other way round. */
  #keepKind(next: GatewayConfig): GatewayConfig {
    const { workers } = this.config.server;
    if ((next.server.workers === 0) === (workers === 0)) return next;
    this.#options.log.warn('server.workers: from or to 0 takes a restart; the running value stays');
    return { ...next, server: { ...next.server, workers } };
  }
}
