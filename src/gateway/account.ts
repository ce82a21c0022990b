/** ACCOUNT: one record a request, once, however it ended. */
import type { Metrics } from '../metrics/metrics.js';
import type { RequestContext } from './context.js';

/** nginx's code for a client that left before there was an answer; for logs and metrics only. */
const CLIENT_CLOSED = 499;

export function account(metrics: Metrics, context: RequestContext): void {
  const aborted = context.outcome === 'aborted' && context.status === 0;
  metrics.account({
    requestId: context.requestId,
    route: context.route.path,
    client: context.caller?.name ?? 'unknown',
    alias: (context.served ?? context.model)?.name ?? '',
    stream: context.fields?.stream ?? false,
    status: aborted ? CLIENT_CLOSED : context.status,
    outcome: context.outcome,
    upstream: context.upstream,
    credential: context.credential,
    attempts: context.attempts,
    duration: performance.now() - context.startedAt,
    firstToken: context.firstTokenAt === undefined ? undefined : context.firstTokenAt - context.startedAt,
    usage: context.usage,
    limitedBy: context.admission?.refusedBy,
  });
}
