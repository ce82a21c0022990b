/** All rows, in the order of the catalogue; a table of contents. */

import { FAMILIES, numberOf } from './families.js';
import type { FaultRow } from './row.js';
import { ACCESS_ROWS } from './rows/access.js';
import { CLIENT_LEAVES_ROWS } from './rows/client-leaves.js';
import { CLIENT_SENDS_ROWS } from './rows/client-sends.js';
import { CONFIG_ROWS } from './rows/config-errors.js';
import { DISK_FULL_ROWS } from './rows/disk-full.js';
import { HTTP_ATTACK_ROWS } from './rows/http-attacks.js';
import { HTTP_NAME_ROWS } from './rows/http-names.js';
import { JSON_ATTACK_ROWS } from './rows/json-attacks.js';
import { LONG_RUN_ROWS } from './rows/long-run.js';
import { SOAK_ROWS } from './rows/long-run-soak.js';
import { ORIGIN_ROWS } from './rows/origins.js';
import { OVERLOAD_ROWS } from './rows/overload.js';
import { OVERLOAD_CAP_ROWS } from './rows/overload-caps.js';
import { OVERLOAD_SHAPE_ROWS } from './rows/overload-shape.js';
import { PORT_KEPT_ROWS } from './rows/port-kept.js';
import { PROCESS_DEATH_ROWS } from './rows/process-deaths.js';
import { PROCESS_END_ROWS } from './rows/process-ends.js';
import { RECORD_ROWS } from './rows/records.js';
import { SHARING_ROWS } from './rows/sharing.js';
import { STORE_ANSWER_ROWS } from './rows/store-answers.js';
import { STORE_CAP_ROWS } from './rows/store-caps.js';
import { STORE_OUTAGE_ROWS } from './rows/store-outages.js';
import { STORE_TOPOLOGY_ROWS } from './rows/store-topologies.js';
import { ANSWER_ROWS } from './rows/upstream-answers.js';
import { CONNECTION_ROWS } from './rows/upstream-connection.js';
import { STATUS_ROWS } from './rows/upstream-status.js';
import { STREAM_ROWS } from './rows/upstream-stream.js';

const ALL: readonly FaultRow[] = [
  ...PROCESS_DEATH_ROWS,
  ...LONG_RUN_ROWS,
  ...SOAK_ROWS,
  ...OVERLOAD_ROWS,
  ...OVERLOAD_SHAPE_ROWS,
  ...OVERLOAD_CAP_ROWS,
  ...PROCESS_END_ROWS,
  ...DISK_FULL_ROWS,
  ...PORT_KEPT_ROWS,
  ...STORE_ANSWER_ROWS,
  ...ORIGIN_ROWS,
  ...ANSWER_ROWS,
  ...CLIENT_LEAVES_ROWS,
  ...CLIENT_SENDS_ROWS,
  ...HTTP_ATTACK_ROWS,
  ...HTTP_NAME_ROWS,
  ...JSON_ATTACK_ROWS,
  ...ACCESS_ROWS,
  ...SHARING_ROWS,
  ...CONFIG_ROWS,
  ...RECORD_ROWS,
  ...STORE_OUTAGE_ROWS,
  ...STORE_CAP_ROWS,
  ...STORE_TOPOLOGY_ROWS,
  ...CONNECTION_ROWS,
  ...STATUS_ROWS,
  ...STREAM_ROWS,
];

export const CATALOGUE: readonly FaultRow[] = FAMILIES.flatMap(({ letter }) =>
  ALL.filter(({ id }) => id.startsWith(letter)).sort((a, b) => numberOf(a.id) - numberOf(b.id)),
);
