/** Which configured model a name means, and which names a caller may use. Made once per configuration. */
import type { ModelConfig } from '../config.js';
import { GatewayError } from '../errors.js';
import type { Caller } from './authenticate.js';

export class ModelTable {
  readonly #byName: ReadonlyMap<string, ModelConfig>;

  constructor(models: readonly ModelConfig[]) {
    this.#byName = new Map(models.map((model) => [model.name, model]));
  }

  /** The entry for `model`: its own, else the catch-all. Throws 404 for none, 403 for one that this caller may not use. */
  resolve(model: string, caller: Caller): ModelConfig {
    // `*` is how the configuration names the rest; nobody can ask for it.
    const entry = model === '*' ? undefined : (this.#byName.get(model) ?? this.#byName.get('*'));
    if (!entry)
      throw new GatewayError('model_not_found', `The model '${printable(model)}' does not exist or is not configured here.`, {
        param: 'model',
      });
    if (!mayUse(caller, model)) {
      throw new GatewayError('model_not_allowed', `This API key may not use the model '${printable(model)}'.`, {
        param: 'model',
      });
    }
    return entry;
  }

  /** A configured entry by its name: a fallback, which the operator chose and not the caller. */
  get(name: string): ModelConfig | undefined {
    return this.#byName.get(name);
  }

  /** Names that this caller can ask for; the catch-all has no name to list. */
  listFor(caller: Caller): string[] {
    return [...this.#byName.keys()].filter((name) => name !== '*' && mayUse(caller, name));
  }
}

function mayUse(caller: Caller, model: string): boolean {
  return caller.models.some((allowed) => allowed === model || (allowed.endsWith('*') && model.startsWith(allowed.slice(0, -1))));
}

/** A caller's own word in an answer: short, and without control characters. */
function printable(model: string): string {
  return model.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}
