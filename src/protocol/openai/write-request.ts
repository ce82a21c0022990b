/** A request for a chat completion of an upstream. */
import type { WrittenRequest } from '../middle/dialect.js';
import { unsupported } from '../middle/fields.js';
import { Losses } from '../middle/losses.js';
import type { MiddleRequest } from '../middle/request.js';
import { traitsOf } from './model-traits.js';
import { writeMessages } from './write-messages.js';
import { writeSettings } from './write-settings.js';
import { WrittenTools } from './write-tools.js';

/** Of other dialects, what would change the answer if it were left out. */
const REFUSED = new Set([
  'previous_response_id',
  'conversation',
  'background',
  'prompt',
  'store',
  'container',
  'mcp_servers',
  'web_search_options',
]);
/** What Responses has under the same name and meaning. */
const SHARED = new Set(['prompt_cache_retention']);

/** @throws GatewayError 400 that names the client's field which chat cannot express. */
export function writeRequest(request: MiddleRequest): WrittenRequest {
  const { model, stream } = request;
  const losses = new Losses(request);
  const traits = traitsOf(model);
  const tools = new WrittenTools(request, traits, losses);
  const messages = writeMessages(request, tools, traits, losses);
  const body = {
    model,
    messages,
    ...tools.members,
    ...writeSettings(request, traits, losses),
    ...writeOthers(request, losses),
    // Asked for always: the gateway accounts by it, and the client is shown it only if it asked (edge case 37).
    ...(stream && { stream, stream_options: { include_usage: true } }),
  };
  const { given, wrapped } = tools;
  const hints = { ...(given && { toolNames: given }), ...(wrapped.length > 0 && { customTools: wrapped }) };
  return { body, dropped: losses.names, hints };
}

/** From chat to chat nothing is foreign. */
function writeOthers({ others, from }: MiddleRequest, losses: Losses): Record<string, unknown> {
  if (from === 'chat') return others;
  const written: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(others)) {
    if (REFUSED.has(name)) throw unsupported(name, 'is not something that this model’s provider does in chat');
    if (from === 'responses' && SHARED.has(name)) written[name] = value;
    else losses.drop(name);
  }
  return written;
}
