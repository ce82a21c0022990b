/** Keeps label values to what the configuration names, so that no caller can grow the number of series. */
import type { GatewayConfig } from '../config.js';

const OTHER = 'other';
/** What requests carry that never got as far as a client or a model. */
const NO_CLIENT = ['anonymous', 'unknown'];
const NONE = 'none';
/** Routes are patterns made by the gateway, about ten; the bound guards against a raw path slipping in. */
const MOST_ROUTES = 40;

export class LabelBound {
  /** Values that were turned into `other`. */
  overflows = 0;
  private clients = new Set(NO_CLIENT);
  private aliases = new Set<string>();
  /** With their credentials' ids. */
  private upstreams = new Map<string, ReadonlySet<string>>();
  private readonly routes = new Set<string>();

  configure(config: GatewayConfig): void {
    this.clients = new Set([...NO_CLIENT, ...config.clients.map((client) => client.name)]);
    this.aliases = new Set(config.models.map((model) => model.name));
    this.upstreams = new Map(config.upstreams.map(({ name, credentials }) => [name, new Set(credentials.map(({ id }) => id))]));
  }

  client(name: string): string {
    return this.known(this.clients, name);
  }

  alias(name: string): string {
    return name === '' ? NONE : this.known(this.aliases, name);
  }

  upstream(name: string | undefined): string {
    return name === undefined ? NONE : this.known(this.upstreams, name);
  }

  credential(upstream: string | undefined, id: string | undefined): string {
    if (upstream === undefined || id === undefined) return NONE;
    return this.upstreams.get(upstream)?.has(id) ? id : this.overflow();
  }

  route(pattern: string): string {
    if (!this.routes.has(pattern) && this.routes.size < MOST_ROUTES) this.routes.add(pattern);
    return this.known(this.routes, pattern);
  }

  private known(names: { has(name: string): boolean }, name: string): string {
    return names.has(name) ? name : this.overflow();
  }

  private overflow(): string {
    this.overflows++;
    return OTHER;
  }
}
