/** Limits, sampling, stop sequences, user and tier (edge cases 18–21). */
import { hash } from 'node:crypto';
import type { WritingState } from './writing-state.js';

/** Characters of `metadata.user_id`. */
const LONGEST_USER = 256;
/** What both makers call alike, and what each calls otherwise. */
const TIERS: Readonly<Record<string, string>> = { auto: 'auto', default: 'standard_only', standard_only: 'standard_only' };

/** Required here; what no model of the name could give is lowered, and told. */
export function maxTokens({ request, facts, losses }: WritingState): number {
  const { maxOutput } = request;
  if (maxOutput === undefined) return facts.defaultOutput;
  if (facts.mostOutput === undefined || maxOutput <= facts.mostOutput) return Math.max(1, maxOutput);
  losses.dropField('maxOutput');
  return facts.mostOutput;
}

export function writeSettings(state: WritingState, thinks: boolean): Record<string, unknown> {
  return { ...writeSampling(state, thinks), ...writeStop(state), ...writeUser(state), ...writeTier(state) };
}

function writeSampling(state: WritingState, thinks: boolean): Record<string, unknown> {
  const { request, facts, losses } = state;
  const fixed = thinks || facts.sampling === 'none';
  const temperature = fixed ? asDefault(state, 'temperature') : clamped(state);
  const nucleus = topP(state, fixed, temperature !== undefined);
  const most = request.topK === undefined || fixed ? undefined : request.topK;
  if (request.topK !== undefined && fixed) losses.dropField('topK');
  return {
    ...(temperature !== undefined && { temperature }),
    ...(nucleus !== undefined && { top_p: nucleus }),
    ...(most !== undefined && { top_k: most }),
  };
}

/** 1 is what the model does anyway; another value would be refused. */
function asDefault({ request, losses }: WritingState, field: 'temperature' | 'topP'): undefined {
  const value = request[field];
  if (value !== undefined && value !== 1) losses.dropField(field);
  return undefined;
}

/** OpenAI's goes to 2. */
function clamped({ request, losses }: WritingState): number | undefined {
  const { temperature } = request;
  if (temperature === undefined || (temperature >= 0 && temperature <= 1)) return temperature;
  losses.dropField('temperature');
  return temperature > 1 ? 1 : 0;
}

function topP(state: WritingState, fixed: boolean, hasTemperature: boolean): number | undefined {
  const { facts, request } = state;
  // Budget thinking would take 0.95 to 1, adaptive thinking on most models nothing: all the same to a client.
  if (fixed || (facts.sampling === 'either' && hasTemperature)) return asDefault(state, 'topP');
  return request.topP;
}

/** One of white space alone is refused. */
function writeStop({ request, losses }: WritingState): { stop_sequences?: readonly string[] } {
  const stop = request.stop?.filter((sequence) => sequence.trim() !== '') ?? [];
  if (request.stop && stop.length < request.stop.length) losses.dropField('stop');
  return stop.length > 0 ? { stop_sequences: stop } : {};
}

function writeUser({ request, losses }: WritingState): { metadata?: { user_id: string } } {
  if (request.user === undefined || request.user === '') return {};
  if (request.user.length <= LONGEST_USER) return { metadata: { user_id: request.user } };
  // A digest still tells one user from another, and is the same from turn to turn.
  losses.dropField('user');
  return { metadata: { user_id: hash('sha256', request.user, 'hex') } };
}

function writeTier({ request, losses }: WritingState): { service_tier?: string } {
  const { serviceTier } = request;
  if (serviceTier === undefined) return {};
  if (Object.hasOwn(TIERS, serviceTier)) return { service_tier: TIERS[serviceTier] };
  losses.dropField('serviceTier');
  return {};
}
