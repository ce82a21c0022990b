import { test } from 'tap';
import type { ChoiceRequest } from '../credential/types.js';
import type { AdmissionRequest } from '../limits/types.js';
import type { StoreToWorker } from '../messages.js';
import { contractConfig } from './contract-config.js';
import { EmbeddedStore } from './embedded.js';

const DEAD = 7;
const ALIVE = 8;

function openStore() {
  const clients = [{ name: 'app', keyHash: '', models: ['*'], concurrency: 2 }];
  const store = new EmbeddedStore(contractConfig({ weights: [1], cap: 2, clients }), () => {});
  let slots = 0;
  const admit = (): AdmissionRequest => ({
    ...{ client: 'app', limits: { concurrency: 2 }, isCall: true },
    ...{ tokens: 0, usd: 0, slot: `client-${++slots}` },
  });
  const choose = (worker: number): StoreToWorker | undefined => {
    const request: ChoiceRequest = { alias: 'm', model: 'm', slot: `slot-${++slots}`, admit: admit() };
    let heard: StoreToWorker | undefined;
    store.answer(
      { type: 'store-choose', id: 1, request },
      (message) => {
        heard = message;
      },
      worker,
    );
    return heard;
  };
  return { store, choose };
}

test("a worker that is gone leaves its client's slots and its credentials' slots at once", async (t) => {
  const { store, choose } = openStore();
  for (let index = 0; index < 2; index++) t.match(choose(DEAD), { choice: { found: true } });
  t.match(choose(ALIVE), { choice: { found: false, reason: 'limited' } });
  store.gone(DEAD);
  for (let index = 0; index < 2; index++) t.match(choose(ALIVE), { choice: { found: true } });
  t.match(choose(ALIVE), { choice: { found: false, reason: 'limited' } });
});

test('what a worker said before its death and is read after it holds nothing', async (t) => {
  const { store, choose } = openStore();
  store.gone(DEAD);
  for (let index = 0; index < 5; index++) choose(DEAD);
  for (let index = 0; index < 2; index++) t.match(choose(ALIVE), { choice: { found: true } });
});
