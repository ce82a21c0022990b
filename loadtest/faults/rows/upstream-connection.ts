/** U: connections that are refused, reset, silent or cut. */
import { ask, tell } from '../client/ask.js';
import { atMost, equal, ok } from '../expect.js';
import { FORMS, modelsFor } from '../gateway-config.js';
import { type FaultRow, pass } from '../row.js';

export const CONNECTION_ROWS: readonly FaultRow[] = [
  {
    id: 'U3',
    title: 'reset before any header, once',
    promise: 'The caller gets the answer after one more attempt.',
    length: 'quick',
    needs: ['shared-gateway'],
    models: modelsFor('u3', { credentials: 2 }),
    async run(bench) {
      const { origin } = await bench.shared();
      let slowest = 0;
      for (const form of FORMS)
        for (const stream of [false, true]) {
          let struck = false;
          bench.wall.on(`u3-${form}-a`, (call) => {
            if (struck) return call.healthy();
            struck = true;
            call.hangUp('reset');
          });
          const answer = await ask(origin, { form, stream, model: `u3-${form}` });
          equal(answer.outcome, 'complete', `${form} ${tell(answer)}`);
          atMost(bench.wall.attemptsOf(answer.requestId).length, 2, 'attempts');
          ok(struck, 'the fault struck');
          slowest = Math.max(slowest, answer.totalMs);
        }
      return pass('answered in all three forms, whole and streamed', { 'slowest ms': Math.round(slowest) });
    },
  },
];
