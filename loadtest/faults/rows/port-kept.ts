/** P: for a while there is no worker at all. Connections of their own, since a kept one dies with its worker. */
import { setTimeout as sleep } from 'node:timers/promises';
import { alive, signal } from '../children.js';
import { type Answer, ask, tell } from '../client/ask.js';
import { equal, until } from '../expect.js';
import { modelsFor } from '../gateway-config.js';
import { type FaultRow, pass } from '../row.js';

const KILLS = 3;

export const PORT_KEPT_ROWS: readonly FaultRow[] = [
  {
    id: 'P17',
    title: 'kill -9 of every worker at once, or of the only one, three times',
    promise: 'No connection is refused; what comes while nobody serves waits for the first worker that is back.',
    length: 'quick',
    needs: ['own-gateway', 'linux'],
    alone: true,
    boundSeconds: 120,
    async run(bench) {
      const figures: Record<string, number> = {};
      for (const workers of [1, 3]) {
        const gateway = await bench.startGateway({ models: modelsFor('p17', { forms: ['chat'] }), workers });
        let waited = 0;
        for (let kill = 0; kill < KILLS; kill++) {
          const before = gateway.workers();
          for (const pid of before) signal(pid, 'SIGKILL');
          await until('they are dead', () => !before.some(alive));
          const asked: Promise<Answer>[] = [];
          const ready = (): number => gateway.stderr.filter((line) => line.includes('worker is ready')).length;
          while (ready() < workers * (kill + 2)) {
            asked.push(ask(gateway.origin, { model: 'p17-chat' }));
            await sleep(5);
          }
          const lost = (await Promise.all(asked)).filter(({ outcome }) => outcome !== 'complete');
          equal(lost.length, 0, `lost of ${asked.length} (${lost[0] ? tell(lost[0]) : ''})`);
          waited += asked.length;
        }
        figures[`asked, workers ${workers}`] = waited;
      }
      return pass('none refused, all answered', { kills: 2 * KILLS, ...figures });
    },
  },
];
