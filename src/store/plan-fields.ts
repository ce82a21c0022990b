/** A plan as the fields of one Redis hash, named by its fingerprint so that hosts on other configurations are not disturbed. */
import { createHash } from 'node:crypto';
import type { Plan, Pool, Target, Tier } from '../credential/plan.js';
import type { Sequence } from '../credential/sequence.js';

export interface StoredPlan {
  readonly fingerprint: string;
  /** Field, value, field, value, … */
  readonly fields: readonly string[];
}

/**
 * `v` marks the plan as there; `r:<alias>` holds the tiers, with the length of each target's sequence and the number of
 * its members; `q:<upstream>` a sequence (two bytes a place; absent: the members in order), `m:<upstream>:<i>` a member,
 * `i:<credential>` who is one, `c:<credential>` its cap where it has one.
 */
export function storedPlan(plan: Plan): StoredPlan {
  const routes = [...plan.routes].flatMap(([alias, tiers]) => [`r:${alias}`, JSON.stringify(tiers.map(tierOf))]);
  const fields = ['v', '1', ...routes, ...[...plan.pools.values()].flatMap(poolFields)];
  const fingerprint = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 16);
  return { fingerprint, fields };
}

function tierOf({ name, targets, sequence }: Tier): object {
  return { name, order: sequence, targets: targets.map(targetOf) };
}

function targetOf({ upstream, model, pool }: Target): object {
  const length = pool.sequence.length;
  return {
    upstream,
    model: model ?? '',
    members: pool.members.length,
    turns: length,
    packed: !inOrder(pool.sequence),
    capped: hasCaps(pool),
  };
}

function poolFields({ upstream, members, sequence }: Pool): string[] {
  return [
    ...(inOrder(sequence) ? [] : [`q:${upstream}`, packed(sequence)]),
    ...members.flatMap(({ id, key, cap }, index) => [
      ...[`m:${upstream}:${index}`, id, `i:${key}`, '1'],
      ...(cap === undefined ? [] : [`c:${key}`, String(cap)]),
    ]),
  ];
}

function hasCaps({ members }: Pool): boolean {
  return members.some(({ cap }) => cap !== undefined);
}

function inOrder(sequence: Sequence): boolean {
  return sequence.every((member, place) => member === place);
}

/** Bytes below 128 only, so that UTF-8 on the way keeps one byte a character: a place is 14 bits. */
function packed(sequence: readonly number[]): string {
  return sequence.map((member) => String.fromCharCode(member >> 7, member & 127)).join('');
}
