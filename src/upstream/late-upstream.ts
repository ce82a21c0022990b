/** An upstream whose client has still to be loaded: undici is 0.3 MB to read at every worker's start, and few need it. */
import { type Upstream, type UpstreamExchange, UpstreamFault, type UpstreamListener, type UpstreamRequest } from './upstream.js';

export class LateUpstream implements Upstream {
  readonly #coming: Promise<Upstream>;

  constructor(coming: Promise<Upstream>) {
    this.#coming = coming;
    // Told to each request; without one nobody has to know.
    coming.catch(() => {});
  }

  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamExchange {
    const exchange = new LateExchange();
    this.#coming.then(
      (upstream) => exchange.begin(() => upstream.send(request, listener)),
      (error: unknown) => {
        if (!exchange.isStopped) listener.onError(new UpstreamFault('connect', error));
      },
    );
    return exchange;
  }

  async close(): Promise<void> {
    const upstream = await this.#coming.catch(() => undefined);
    await upstream?.close();
  }
}

/** Remembers what is wished of an exchange until there is one. */
class LateExchange implements UpstreamExchange {
  isStopped = false;
  #exchange: UpstreamExchange | undefined;
  #isPaused = false;

  begin(send: () => UpstreamExchange): void {
    if (this.isStopped) return;
    this.#exchange = send();
    if (this.#isPaused) this.#exchange?.pause();
  }

  pause(): void {
    this.#isPaused = true;
    this.#exchange?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#exchange?.resume();
  }

  stop(): void {
    this.isStopped = true;
    this.#exchange?.stop();
  }
}
