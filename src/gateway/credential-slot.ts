/** A credential's slot, held while its upstream may still be working for the request; given back once. */
import type { ChosenCredential } from '../credential/types.js';
import type { Store } from '../store/store.js';

export class CredentialSlot {
  readonly #store: Store;
  readonly #choice: ChosenCredential;
  #held: boolean;

  constructor(store: Store, choice: ChosenCredential) {
    this.#store = store;
    this.#choice = choice;
    this.#held = choice.slot !== undefined;
  }

  give(): void {
    if (!this.#held) return;
    this.#held = false;
    const { upstream, credential, slot = '' } = this.#choice;
    this.#store.give({ kind: 'credential-slot', key: `${upstream}/${credential}`, slot });
  }
}
