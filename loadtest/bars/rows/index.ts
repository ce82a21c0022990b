/** Rows by the names that the command line uses, in the order of the design's table. */
import type { Figure } from '../figure.js';
import type { Site, TargetName } from '../site.js';
import { measureChunk } from './chunk.js';
import { measureColdStart } from './cold-start.js';
import { measureConversion } from './conversion.js';
import { measureDecision } from './decision.js';
import { measureFirstToken } from './first-token.js';
import { measureLatency } from './latency.js';
import { measureMemory, measureNineThousand } from './memory.js';
import { measureNonstream } from './nonstream.js';

/** Measures one row of the table, or two that come out of one load. `targets` are for rows that compare them. */
export type Row = (site: Site, targets: readonly TargetName[]) => Promise<Figure[]>;

export const ROWS: Readonly<Record<string, Row>> = {
  chunk: (site, targets) => measureChunk(site, targets, false),
  'chunk-tls': (site, targets) => measureChunk(site, targets, true),
  nonstream: measureNonstream,
  'first-token': measureFirstToken,
  latency: measureLatency,
  memory: measureMemory,
  'cold-start': measureColdStart,
  decision: measureDecision,
  conversion: measureConversion,
  'streams-9000': measureNineThousand,
};
