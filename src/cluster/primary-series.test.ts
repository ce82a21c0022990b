import { test } from 'tap';
import type { GatewayConfig } from '../config.js';
import { primarySeries } from './primary-series.js';

test('a refused reload shows until one is taken', async (t) => {
  const config = { server: { workers: 4 } } as GatewayConfig;
  const facts = { config, generation: 3, reloads: { taken: 2, refused: 1 } };
  const valuesAfter = (ok: boolean) => {
    const series = primarySeries({ ...facts, lastReload: { at: 0, ok, faults: [] } }, { readyCount: 3, restarts: 5 });
    return new Map(series.map((each) => [each.name, each.values]));
  };
  t.match(valuesAfter(false).get('tidegate_config_last_reload_successful'), [{ value: 0 }]);
  t.match(valuesAfter(true).get('tidegate_config_last_reload_successful'), [{ value: 1 }]);
  t.match(valuesAfter(true).get('tidegate_config_reloads_total'), [
    { labels: { result: 'taken' }, value: 2 },
    { labels: { result: 'refused' }, value: 1 },
  ]);
  t.match(valuesAfter(true).get('tidegate_worker_restarts_total'), [{ value: 5 }]);
  t.match(valuesAfter(true).get('tidegate_workers_ready'), [{ value: 3 }]);
});
