/** What the scripts and the channel say, read with suspicion: another program may write to the same Redis. */
import { credentialKey, type Plan } from '../credential/plan.js';
import { BUSY } from '../credential/refusal.js';
import { sessionOfKey } from '../credential/sessions.js';
import type { Choice, ChoiceRequest, CredentialKey, Rest, RestReason } from '../credential/types.js';
import { readVerdict } from './limit-replies.js';
import type { CredentialSnapshot, SessionSnapshot, StoreSnapshot } from './store.js';
import { limitedBy } from './verdicts.js';

const REASONS: readonly unknown[] = ['rate-limited', 'spent', 'refused', 'failing', 'paused'] satisfies RestReason[];

/** The choose script's reply; undefined when it is not one. `slot`: the name that a slot was asked for by. */
export function readChoice(reply: unknown, { admit, slot }: Pick<ChoiceRequest, 'admit' | 'slot'> = {}): Choice | undefined {
  if (!Array.isArray(reply)) return undefined;
  if (String(reply[0]) !== 'verdict') return readPlainChoice(reply, slot);
  const verdict = admit && readVerdict(reply[1], admit);
  if (verdict === undefined) return undefined;
  if (!verdict.admitted) return limitedBy(verdict);
  const choice = readPlainChoice(reply.slice(2), slot);
  return choice && { ...choice, verdict };
}

function readPlainChoice(reply: readonly unknown[], slot: string | undefined): Choice | undefined {
  const [word, ...rest] = reply.map(String) as [string, ...string[]];
  if (word === 'busy') return BUSY;
  if (word === 'none') return { found: false, reason: 'none' };
  if (word === 'ok') {
    const [upstream = '', credential = '', model = '', sticky, trial, taken, spilled] = rest;
    const chosen = { found: true, upstream, credential, model, sticky: sticky === '1', trial: trial === '1' } as const;
    if (taken !== '1' && spilled !== '1') return chosen;
    return { ...chosen, slot: taken === '1' ? slot : undefined, spilled: spilled === '1' };
  }
  if (word !== 'resting' && word !== 'tried') return undefined;
  const [reason, remaining] = rest;
  const known = REASONS.includes(reason) ? (reason as RestReason) : undefined;
  return { found: false, reason: word, rest: known, retryAfter: Number(remaining) >= 0 ? Number(remaining) : undefined };
}

/** The reply that asks for the plan: it was flushed, or nobody has stored it yet. */
export function asksForPlan(reply: unknown): boolean {
  return Array.isArray(reply) && String(reply[0]) === 'plan';
}

/** A message of the rests' channel; undefined when it is not one. */
export function readRest(text: string): Rest | undefined {
  const rest = parseObject(text);
  if (typeof rest?.key !== 'string' || typeof rest.model !== 'string' || typeof rest.remaining !== 'number') return undefined;
  if (!REASONS.includes(rest.reason)) return undefined;
  return { key: rest.key as CredentialKey, model: rest.model, reason: rest.reason as RestReason, remaining: rest.remaining };
}

/** The snapshot script's reply joined with the members it was asked about, in their order. */
export function readSnapshot(reply: unknown, plan: Plan): Omit<StoreSnapshot, 'clients'> {
  const read = parseObject(String(reply)) ?? {};
  const states = listOf(read.credentials);
  const members = [...plan.pools.values()].flatMap(({ upstream, members }) => members.map((member) => ({ upstream, ...member })));
  const credentials = members.map(({ upstream, id, weight }, index): CredentialSnapshot => {
    const state = states[index] ?? {};
    const rests = listOf(state.rests) as unknown as CredentialSnapshot['rests'];
    return { upstream, credential: id, weight, paused: state.paused === true, picks: Number(state.picks ?? 0), rests };
  });
  return { credentials, sessions: { count: Number(read.count ?? 0), newest: listOf(read.newest).map(readSession) } };
}

/** Every credential of a plan in the order that `readSnapshot` expects. */
export function keysOf(plan: Plan): CredentialKey[] {
  return [...plan.pools.values()].flatMap(({ upstream, members }) => members.map((member) => credentialKey(upstream, member.id)));
}

function readSession(entry: Record<string, unknown>): SessionSnapshot {
  const [upstream = '', credential = ''] = String(entry.bound).split('\n');
  return { session: sessionOfKey(String(entry.key)), upstream, credential, remaining: Number(entry.remaining) };
}

/** Lua writes an empty list as `{}`. */
function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
