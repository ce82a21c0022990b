/** What is allowed but hardly meant, as lines for the log. No secret in them. */
import type { GatewayConfig } from '../config.js';
import { type Draft, textOf } from './draft.js';

/** A key that can be guessed in an afternoon. */
const SHORT_KEY = 16;

/** All warnings about a configuration that is otherwise right. */
export function warningsOf(config: GatewayConfig, draft: Draft): readonly string[] {
  return [...unusedUpstreams(config), ...unknownModels(config), ...shortKeys(draft), ...unpricedBudgets(config)];
}

function unusedUpstreams({ upstreams, models }: GatewayConfig): readonly string[] {
  const used = new Set(models.flatMap(({ targets }) => targets.map(({ upstream }) => upstream)));
  return upstreams.flatMap(({ name }, index) => (used.has(name) ? [] : [`upstreams[${index}]: no model has it as a target`]));
}

function unknownModels({ clients, models }: GatewayConfig): readonly string[] {
  if (models.some(({ name }) => name === '*')) return [];
  const known = (wanted: string) =>
    wanted.endsWith('*')
      ? models.some(({ name }) => name.startsWith(wanted.slice(0, -1)))
      : models.some(({ name }) => name === wanted);
  return clients.flatMap((client, index) =>
    client.models.flatMap((wanted, at) => (known(wanted) ? [] : [`clients[${index}].models[${at}]: no model of this name`])),
  );
}

function shortKeys(draft: Draft): readonly string[] {
  const keys = [{ path: 'admin', fields: draft.admin }, ...draft.clients];
  return keys.flatMap(({ path, fields }) =>
    (textOf(fields, 'key')?.length ?? SHORT_KEY) < SHORT_KEY
      ? [`${path}.key: shorter than ${SHORT_KEY} characters, easy to guess`]
      : [],
  );
}

function unpricedBudgets({ clients, models }: GatewayConfig): readonly string[] {
  if (models.some(({ price }) => price !== undefined)) return [];
  return clients.flatMap(({ budget }, index) =>
    budget === undefined ? [] : [`clients[${index}].budget: no model has a price, so nothing is ever spent`],
  );
}
