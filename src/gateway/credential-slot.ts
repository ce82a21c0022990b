/** A credential's slot, held while its upstream may still be working for the request; given back once. */
import type { ChosenCredential } from '../credential/types.js';
import type { GatewayParts } from './gateway-parts.js';

export class CredentialSlot {
  readonly #parts: GatewayParts;
  readonly #choice: ChosenCredential;
  #held: boolean;

  constructor(parts: GatewayParts, choice: ChosenCredential) {
    this.#parts = parts;
    this.#choice = choice;
    this.#held = choice.slot !== undefined;
  }

  give(): void {
    if (!this.#held) return;
    this.#held = false;
    const { upstream, credential, slot = '' } = this.#choice;
    this.#parts.store.give({ kind: 'credential-slot', key: `${upstream}/${credential}`, slot });
    this.#parts.queue.freed(upstream);
  }
}
