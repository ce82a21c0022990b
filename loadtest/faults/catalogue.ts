/** All rows, in the order of the catalogue; a table of contents. */

import { FAMILIES, numberOf } from './families.js';
import type { FaultRow } from './row.js';
import { STORE_TOPOLOGY_ROWS } from './rows/store-topologies.js';
import { CONNECTION_ROWS } from './rows/upstream-connection.js';
import { STREAM_ROWS } from './rows/upstream-stream.js';

const ALL: readonly FaultRow[] = [...STORE_TOPOLOGY_ROWS, ...CONNECTION_ROWS, ...STREAM_ROWS];

export const CATALOGUE: readonly FaultRow[] = FAMILIES.flatMap(({ letter }) =>
  ALL.filter(({ id }) => id.startsWith(letter)).sort((a, b) => numberOf(a.id) - numberOf(b.id)),
);
