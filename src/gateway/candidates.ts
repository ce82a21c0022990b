/** Whom a request may still ask: the model's own targets less those tried, then its fallbacks in turn. */
import type { ModelConfig } from '../config.js';
import type { ChosenCredential, CredentialKey } from '../credential/types.js';
import type { RequestContext } from './context.js';
import type { Failure } from './failure.js';
import type { UpstreamTable } from './upstream-table.js';

export class Candidates {
  /** The fallback that is asked now; undefined: the model itself. */
  fallback: ModelConfig | undefined;
  readonly #context: RequestContext;
  readonly #upstreams: UpstreamTable;
  #tried: CredentialKey[] = [];
  /** Upstreams that no connection came about to, whatever the model. */
  readonly #unreachable: CredentialKey[] = [];
  #fallbacksTried = 0;

  constructor(context: RequestContext, upstreams: UpstreamTable) {
    this.#context = context;
    this.#upstreams = upstreams;
  }

  /** The names by which the store knows what is asked for. */
  get asking(): { readonly alias: string; readonly model: string } {
    const { model, fields } = this.#context;
    if (this.fallback) return { alias: this.fallback.name, model: this.fallback.name };
    return { alias: model?.name ?? '*', model: fields?.model ?? '' };
  }

  /** A first choice excludes nothing: the store may answer it from what it knows. */
  get exclude(): readonly CredentialKey[] | undefined {
    return this.#tried.length > 0 ? this.#tried : undefined;
  }

  get tried(): number {
    return this.#tried.length;
  }

  get targets(): ModelConfig['targets'] {
    return (this.fallback ?? this.#context.model)?.targets ?? [];
  }

  /** Whether somebody could be asked who has not been, rests aside: what cannot be used must not be paid for. */
  get areLeft(): boolean {
    const tried = new Set<string>(this.#tried);
    return this.targets.some(({ upstream }) => {
      if (tried.has(`${upstream}/*`)) return false;
      // At most one more look than have been tried, however many there are.
      for (const id of this.#upstreams.get(upstream)?.credentials.keys() ?? []) if (!tried.has(`${upstream}/${id}`)) return true;
      return false;
    });
  }

  /** Not this credential again. */
  pass({ upstream, credential }: ChosenCredential): void {
    this.#tried.push(`${upstream}/${credential}`);
  }

  /** Where the upstream is at fault and not its credential, not the upstream again. */
  judge({ upstream }: ChosenCredential, { unanswered, unsent }: Failure): void {
    if (unanswered || unsent) this.#tried.push(`${upstream}/*`);
    if (unanswered === 'unreachable') this.#unreachable.push(`${upstream}/*`);
  }

  /** Once more over the credentials of upstreams that have answered. */
  again(): void {
    this.#tried = this.#tried.filter((key) => key.endsWith('/*'));
  }

  /** From the model itself again, where nobody has been asked yet. */
  restart(): void {
    if (this.#tried.length > 0) return;
    this.fallback = undefined;
    this.#fallbacksTried = 0;
  }

  /** On to the next fallback; false: there is none (any more). */
  advance(): boolean {
    const { model, snapshot } = this.#context;
    const name = model?.fallbacks?.[this.#fallbacksTried];
    const next = name === undefined ? undefined : snapshot.models.get(name);
    if (!next) return false;
    this.#fallbacksTried++;
    this.fallback = next;
    this.#tried = [...this.#unreachable];
    return true;
  }
}
