/** The configuration as choosing reads it: routes by alias, pools by upstream, sequences computed. */
import type { GatewayConfig, TargetConfig, UpstreamConfig } from '../config.js';
import { type Sequence, smoothSequence } from './sequence.js';
import type { ChoiceRequest, ChosenCredential, CredentialKey } from './types.js';

export interface Plan {
  readonly routes: ReadonlyMap<string, readonly Tier[]>;
  readonly pools: ReadonlyMap<string, Pool>;
}

/** Targets of one priority; the next tier is for when nothing in this one can be used. */
export interface Tier {
  /** Names the tier's turns: they are kept as long as alias and priority stay. */
  readonly name: string;
  readonly targets: readonly Target[];
  readonly sequence: Sequence;
}

export interface Target {
  readonly upstream: string;
  /** Absent: the client's own model name goes through. */
  readonly model: string | undefined;
  readonly pool: Pool;
}

/** The credentials of one upstream, whose turns all models share. */
export interface Pool {
  readonly upstream: string;
  readonly members: readonly Member[];
  readonly byId: ReadonlyMap<string, Member>;
  readonly sequence: Sequence;
}

export interface Member {
  readonly id: string;
  readonly key: CredentialKey;
  readonly weight: number;
  /** Most requests in flight; absent: as many as come. */
  readonly cap: number | undefined;
}

export function credentialKey(upstream: string, credential: string): CredentialKey {
  return `${upstream}/${credential}`;
}

/** The target that `choice` was made from; undefined when the configuration has none (any more). */
export function targetOf(plan: Plan, { alias, model }: ChoiceRequest, choice: ChosenCredential): Target | undefined {
  const targets = plan.routes.get(alias)?.flatMap((tier) => tier.targets) ?? [];
  return targets.find((target) => target.upstream === choice.upstream && (target.model ?? model) === choice.model);
}

/** Targets that name an upstream which is not there are left out: `options/` has refused them already. */
export function planOf(config: Pick<GatewayConfig, 'upstreams' | 'models'>): Plan {
  const pools = new Map(config.upstreams.map((upstream) => [upstream.name, poolOf(upstream)]));
  const routes = new Map(config.models.map((model) => [model.name, tiersOf(model.name, model.targets, pools)]));
  return { routes, pools };
}

function poolOf(upstream: UpstreamConfig): Pool {
  const members = upstream.credentials.map(({ id, weight, concurrency }) => ({
    id,
    weight,
    key: credentialKey(upstream.name, id),
    cap: concurrency,
  }));
  const byId = new Map(members.map((member) => [member.id, member]));
  return { upstream: upstream.name, members, byId, sequence: smoothSequence(members.map((member) => member.weight)) };
}

function tiersOf(alias: string, targets: readonly TargetConfig[], pools: ReadonlyMap<string, Pool>): Tier[] {
  const priorities = [...new Set(targets.map((target) => target.priority))].sort((a, b) => a - b);
  return priorities.map((priority) => {
    const known = targets.filter((target) => target.priority === priority && pools.has(target.upstream));
    return {
      name: `${alias}#${priority}`,
      targets: known.map(({ upstream, model }) => ({ upstream, model, pool: pools.get(upstream) as Pool })),
      sequence: smoothSequence(known.map((target) => target.weight)),
    };
  });
}
