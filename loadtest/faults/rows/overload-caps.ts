/** O: more is asked of a key than its provider lets it have in flight. Judged by what the upstream saw at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, tell } from '../client/ask.js';
import { Load } from '../client/load.js';
import { atMost, equal, ok, quantile, round } from '../expect.js';
import { modelsFor } from '../gateway-config.js';
import { type FaultRow, pass } from '../row.js';
import { wellRefused } from './overload.js';
import { mostAtOnce } from './store-caps.js';

const CAP = 4;
const TAKES_MS = 200;
const KNEE = (CAP * 1000) / TAKES_MS;
/** What waits is served within a third of its age at the knee. */
const QUEUE = { length: 16, age: '3s' };

export const OVERLOAD_CAP_ROWS: readonly FaultRow[] = [
  {
    id: 'O11',
    title: 'three times what a key may have in flight',
    promise:
      'Never more than its cap; the others wait their turn, and past the queue get 503 or 529 with Retry-After; a burst after it waits and is served.',
    length: 'quick',
    needs: ['own-gateway', 'linux'],
    alone: true,
    boundSeconds: 60,
    async run(bench) {
      const forms = ['chat', 'messages'] as const;
      const models = modelsFor('o11', { forms, upstream: { concurrency: CAP, queue: QUEUE } });
      for (const form of forms)
        bench.wall.on(`o11-${form}-a`, async (call) => {
          await sleep(TAKES_MS);
          await call.healthy();
        });
      const gateway = await bench.startGateway({ models });
      const wishes = forms.map((form) => ({ form, model: `o11-${form}` }));
      const load = new Load(gateway.origin, { rate: forms.length * KNEE * 3, wishes });
      await sleep(4_000);
      await load.stop();
      const complete = load.answers.filter(({ outcome }) => outcome === 'complete');
      const refused = load.answers.filter(({ outcome }) => outcome !== 'complete');
      const odd = refused.find((answer) => !wellRefused(answer));
      ok(odd === undefined, `neither served nor refused in order: ${odd ? tell(odd) : ''}`);
      ok(refused.length > 0, 'some were refused');
      ok(complete.length > 4 * forms.length * CAP, `only ${complete.length} were served`);
      const burst = await Promise.all(Array.from({ length: 2 * CAP }, () => ask(gateway.origin, { model: 'o11-chat' })));
      equal(burst.filter(({ outcome }) => outcome === 'complete').length, burst.length, 'a burst of twice the cap');
      const most = forms.map((form) => mostAtOnce(bench, `o11-${form}-a`));
      for (const one of most) atMost(one, CAP, 'at once');
      const p99 = quantile(
        complete.map(({ totalMs }) => totalMs),
        0.99,
      );
      return pass('the cap held', {
        cap: CAP,
        most: Math.max(...most),
        served: complete.length,
        refused: refused.length,
        'p99 ms': round(p99),
      });
    },
  },
];
