/** The same options read again while the gateway runs. What the process listens on and where its state lives stay as they are. */
import type { GatewayConfig } from '../config.js';
import { deepFreeze } from './build.js';
import { FaultList } from './fault.js';
import { parseFlags } from './flags.js';
import { type LoadedOptions, loadWith, type OptionFaults } from './load.js';

const MOST_SECRETS = 50_000;

/** New options, or faults, upon which the caller keeps the old ones. Changed settings that need a restart come as warnings and keep their running value. */
export function reloadOptions(previous: LoadedOptions): LoadedOptions | OptionFaults {
  const faults = new FaultList();
  const flags = parseFlags(previous.input.argv, faults);
  const loaded = loadWith(previous.input, flags, faults, previous.config);
  if (loaded.kind === 'faults') return loaded;
  return {
    ...loaded,
    config: withPinned(loaded.config, previous.config),
    warnings: [...loaded.warnings, ...restartNeeds(loaded.config, previous.config)],
    // Old keys are still in use by running requests, the old password by the store; bounded, as keys may rotate for years.
    secrets: [...new Set([...loaded.secrets, ...previous.secrets])].slice(0, MOST_SECRETS),
  };
}

function withPinned(next: GatewayConfig, running: GatewayConfig): GatewayConfig {
  const { host, port } = running.server;
  return deepFreeze({
    ...next,
    server: { ...next.server, host, port },
    admin: { ...next.admin, host: running.admin.host, port: running.admin.port },
    store: running.store,
  });
}

function restartNeeds(next: GatewayConfig, running: GatewayConfig): readonly string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['server.host', next.server.host, running.server.host],
    ['server.port', next.server.port, running.server.port],
    ['admin.host', next.admin.host, running.admin.host],
    ['admin.port', next.admin.port, running.admin.port],
    ['store.url', next.store.url, running.store.url],
    ['store.prefix', next.store.prefix, running.store.prefix],
    ['store.timeout', next.store.timeout, running.store.timeout],
  ];
  return pairs.flatMap(([path, wanted, current]) =>
    wanted === current ? [] : [`${path}: changed, takes a restart; the running value stays`],
  );
}
