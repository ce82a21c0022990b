/** Everything that follows from the configuration, made once and swapped whole: a running request keeps the one it began with. */
import type { GatewayConfig } from '../config.js';
import { Authenticator } from './authenticate.js';
import { ModelTable } from './model-table.js';

export interface Snapshot {
  readonly config: GatewayConfig;
  readonly authenticator: Authenticator;
  readonly models: ModelTable;
}

export function createSnapshot(config: GatewayConfig): Snapshot {
  return { config, authenticator: new Authenticator(config.clients), models: new ModelTable(config.models) };
}
