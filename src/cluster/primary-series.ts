/** What the primary knows and no worker does, as series: workers, restarts, reloads. Pure. */
import type { SeriesJson } from '../metrics/metrics-json.js';
import { Counter, Gauge } from '../metrics/series.js';
import type { Lifecycle } from './lifecycle.js';
import type { RunningGateway } from './running-gateway.js';

/** The series as they stand now. */
export function primarySeries(
  lifecycle: Pick<Lifecycle, 'config' | 'generation' | 'reloads' | 'lastReload'>,
  gateway: Pick<RunningGateway, 'readyCount' | 'restarts'>,
): SeriesJson[] {
  const ready = new Gauge({ name: 'tidegate_workers_ready', help: 'Workers that take new requests.' }, 'sum');
  ready.set(gateway.readyCount);
  const wanted = new Gauge({ name: 'tidegate_workers_configured', help: 'Workers that the configuration asks for.' }, 'sum');
  wanted.set(lifecycle.config.server.workers);
  const restarts = new Counter({ name: 'tidegate_worker_restarts_total', help: 'Workers that died and were replaced.' });
  restarts.set(gateway.restarts);
  const reloads = new Counter({
    name: 'tidegate_config_reloads_total',
    help: 'Reloads of the configuration.',
    labels: ['result'],
  });
  reloads.set(lifecycle.reloads.taken, 'taken');
  reloads.set(lifecycle.reloads.refused, 'refused');
  const last = new Gauge(
    {
      name: 'tidegate_config_last_reload_successful',
      help: '0 while the last reload was refused and an older configuration is in use.',
    },
    'sum',
  );
  last.set(lifecycle.lastReload?.ok === false ? 0 : 1);
  const generation = new Gauge({ name: 'tidegate_config_generation', help: 'Configurations taken into use since start.' }, 'sum');
  generation.set(lifecycle.generation);
  return [ready, wanted, restarts, reloads, last, generation].map((series) => series.json());
}
