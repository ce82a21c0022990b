/** The whole conformance matrix: official client libraries through the built gateway, and not one cell fails. */
import { test } from 'tap';
import { FAMILIES } from '../loadtest/conformance/families.js';
import { FEATURES } from '../loadtest/conformance/features/index.js';
import { CLIENTS } from '../loadtest/conformance/kinds.js';
import { placesOf, runMatrix } from '../loadtest/conformance/run-matrix.js';
import { startSite } from '../loadtest/conformance/site.js';
import { PROTOCOLS } from '../loadtest/conformance/words.js';
import { distFolder } from './helpers/gateway.js';

test('every client is served by every upstream, feature by feature', { timeout: 170_000 }, async (t) => {
  const site = await startSite(distFolder(), 2);
  t.teardown(() => site.stop());
  const places = placesOf({ features: FEATURES, families: FAMILIES, clients: CLIENTS, upstreams: PROTOCOLS, sameOnly: false });
  for (const { feature, family, client, upstream, outcome, note } of await runMatrix(places, site.target))
    t.not(outcome, 'fail', `${feature} (${family}): ${client} → ${upstream}${note ? ` (${note})` : ''}`);
});
