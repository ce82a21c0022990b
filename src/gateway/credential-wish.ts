/** What a request waits for whose credentials are all at their caps: any slot of the upstreams that may serve it; and its place in the queue. */
import type { Candidates } from './candidates.js';
import type { RequestContext } from './context.js';
import type { QueuePlace, QueueRules, Wish } from './credential-queue.js';
import type { GatewayParts } from './gateway-parts.js';
import type { UpstreamTable } from './upstream-table.js';

/** Whether a request like it came first and waits. */
export function isBehind(context: RequestContext, candidates: Candidates, { queue }: GatewayParts): boolean {
  return queue.isAwaited(kindOf(context, candidates));
}

/** A place behind all others; undefined where too many wait, or nobody may. */
export function enterQueue(context: RequestContext, candidates: Candidates, parts: GatewayParts): QueuePlace | undefined {
  const wish = wishOf(context, candidates, parts.upstreams);
  return wish && parts.queue.enter(wish, performance.now());
}

/** Requests of one kind find the same credentials free or full. Pinned: only its session's own will do. */
function kindOf({ fields, session }: RequestContext, { asking, exclude }: Candidates): string {
  const pinnedTo = fields?.previousResponseId === undefined ? '' : session;
  return [asking.alias, asking.model, exclude ?? '', pinnedTo].join('\n');
}

/** By the rules of the first upstream with a cap; undefined: none has one in this configuration. */
function wishOf(context: RequestContext, candidates: Candidates, table: UpstreamTable): Wish | undefined {
  const { model, snapshot } = context;
  const models = [model, ...(model?.fallbacks ?? []).map((name) => snapshot.models.get(name))];
  const names = new Set(models.flatMap((one) => one?.targets ?? []).map(({ upstream }) => upstream));
  const first = [...names].map((name) => table.get(name)).find((entry) => entry?.isCapped);
  if (!first) return undefined;
  const { name, queue } = first.config;
  const rules = partOf(queue, snapshot.config.server.workers);
  return { lane: name, rules, kind: kindOf(context, candidates), wants: (upstream) => names.has(upstream) };
}

/** Every worker has a part of the length. */
function partOf({ length, age }: QueueRules = NO_QUEUE, workers: number): QueueRules {
  return { length: Math.ceil(length / Math.max(1, workers)), age };
}

const NO_QUEUE: QueueRules = { length: 0, age: 0 };
