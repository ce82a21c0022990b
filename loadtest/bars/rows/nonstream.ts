/** CPU per request without streaming: a closed loop over kept connections against the mock that answers at once. */
import type { Figure } from '../figure.js';
import type { Scene, Site, TargetName } from '../site.js';
import { measureCost, type Tally } from './cost.js';

const CONNECTIONS = 50;
const MODEL = 'mock-instant';

export function measureNonstream(site: Site, targets: readonly TargetName[]): Promise<Figure[]> {
  return measureCost(site, targets, {
    piece: 'request',
    clusterBar: 'nonstream',
    singleBar: 'nonstream-single',
    scene: {},
    warmUp: 20_000,
    load: callInLoop,
  });
}

async function callInLoop({ client, through }: Scene): Promise<() => Promise<Tally>> {
  await client.ask('startCalls', { ...through(MODEL), connections: CONNECTIONS });
  return async () => {
    const { at, done, failed } = await client.ask('readCalls', undefined);
    return { at, pieces: done, failed };
  };
}
