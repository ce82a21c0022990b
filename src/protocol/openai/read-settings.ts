/** The members of a chat request that tune its answer, with the client's own name of each. */
import { type Fields, invalid, isText } from '../middle/fields.js';
import type { MiddleField, MiddleRequest, OutputFormat, Reasoning } from '../middle/request.js';
import type { Leftovers } from './leftovers.js';

type Settings = Pick<
  MiddleRequest,
  | 'parallelTools'
  | 'maxOutput'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'stop'
  | 'outputFormat'
  | 'reasoning'
  | 'verbosity'
  | 'user'
  | 'metadata'
  | 'serviceTier'
  | 'promptCacheKey'
>;
type SettingField = keyof Settings;

export interface ReadSettings {
  readonly settings: Settings;
  readonly names: Partial<Record<MiddleField, string>>;
}

export function readSettings(body: Fields, leftovers: Leftovers): ReadSettings {
  const settings: Record<string, unknown> = {};
  const names: Partial<Record<MiddleField, string>> = {};
  const set = <F extends SettingField>(field: F, name: string, value: Settings[F]): void => {
    if (value === undefined || value === settings[field]) return;
    // A second name of the same is there for other servers; it must not stay unsaid that it was not looked at.
    if (names[field] !== undefined) return leftovers.add(name);
    settings[field] = value;
    names[field] = name;
  };
  // True is what absence means.
  if (body.flag('parallel_tool_calls') === false) set('parallelTools', 'parallel_tool_calls', false);
  set('maxOutput', 'max_completion_tokens', tokens(body, 'max_completion_tokens'));
  set('maxOutput', 'max_tokens', tokens(body, 'max_tokens'));
  set('temperature', 'temperature', body.number('temperature'));
  set('topP', 'top_p', body.number('top_p'));
  set('topK', 'top_k', body.count('top_k'));
  set('stop', 'stop', readStop(body));
  set('outputFormat', 'response_format', readFormat(body, leftovers));
  set('reasoning', 'reasoning_effort', readReasoning(body.text('reasoning_effort')));
  set('verbosity', 'verbosity', body.text('verbosity'));
  set('user', 'safety_identifier', body.text('safety_identifier') || undefined);
  set('user', 'user', body.text('user') || undefined);
  set('metadata', 'metadata', readMetadata(body));
  const tier = body.text('service_tier');
  set('serviceTier', 'service_tier', tier === 'auto' ? undefined : tier);
  set('promptCacheKey', 'prompt_cache_key', body.text('prompt_cache_key') || undefined);
  return { settings: settings as Settings, names };
}

function tokens(body: Fields, name: string): number | undefined {
  const count = body.count(name);
  if (count === 0) throw invalid(name, 'must be at least 1');
  return count;
}

function readStop(body: Fields): string[] | undefined {
  const stop = body.any('stop');
  if (stop === undefined) return undefined;
  const all = isText(stop) ? [stop] : (body.list('stop') ?? []);
  const texts = all.filter(isText);
  if (texts.length < all.length) throw invalid('stop', 'must be a string or a list of strings');
  const filled = texts.filter((text) => text !== '');
  return filled.length > 0 ? filled : undefined;
}

function readFormat(body: Fields, leftovers: Leftovers): OutputFormat | undefined {
  const format = body.inner('response_format');
  if (!format) return undefined;
  const type = format.oneOf('type', ['text', 'json_object', 'json_schema']);
  if (type === 'json_object') return { kind: 'json' };
  if (type !== 'json_schema') return undefined;
  const said = format.required(format.inner('json_schema'), 'json_schema');
  const description = said.text('description');
  const strict = said.flag('strict');
  const read: OutputFormat = {
    kind: 'schema',
    name: said.required(said.text('name'), 'name'),
    ...(description && { description }),
    schema: said.required(said.object('schema'), 'schema'),
    ...(strict !== undefined && { strict }),
  };
  leftovers.of(said);
  return read;
}

function readReasoning(effort: string | undefined): Reasoning | undefined {
  if (effort === undefined) return undefined;
  return effort === 'none' ? { mode: 'off' } : { mode: 'on', effort };
}

function readMetadata(body: Fields): Record<string, string> | undefined {
  const metadata = body.inner('metadata');
  if (!metadata) return undefined;
  const pairs = Object.keys(metadata.value).map((name) => [name, metadata.text(name) ?? '']);
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}
