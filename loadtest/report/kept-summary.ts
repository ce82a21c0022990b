import type { Summary } from '../result.js';
import type { SuiteSummary } from '../scenarios/findings.js';

/** `summary.json` of the Tidegate load test: of a suite (`kind` is `suite`), or of plain rounds (no `kind`). */
export type KeptSummary = SuiteSummary | Summary;
