/** The members of a request that a Response repeats, with the API's own defaults for those that the client left out. */
import { isJsonObject } from '../middle/fields.js';

/** In the API's words, what absent means. `text` and `reasoning` have members of their own and are filled below. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  safety_identifier: null,
  service_tier: 'auto',
  store: false,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

export function echo(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const repeated: Record<string, unknown> = {};
  for (const [name, fallback] of Object.entries(DEFAULTS)) repeated[name] = own(body, name) ?? fallback;
  const text = own(body, 'text');
  const reasoning = own(body, 'reasoning');
  return {
    ...repeated,
    reasoning: { effort: null, summary: null, ...(isJsonObject(reasoning) && reasoning) },
    text: { format: { type: 'text' }, ...(isJsonObject(text) && text) },
  };
}

function own(body: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(body, name) ? body[name] : undefined;
}
