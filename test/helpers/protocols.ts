/** The three ways to ask, as plain HTTP: for tests that go through every pair of client and upstream. */
import { type ConfigObject, gatewayConfig } from './gateway.js';

export type ClientName = 'chat' | 'messages' | 'responses';
export type UpstreamName = 'to-chat' | 'to-messages' | 'to-responses';

export interface ClientProtocol {
  readonly name: ClientName;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** The smallest request with one user message. */
  body(model: string, text: string, stream?: boolean): Record<string, unknown>;
  /** What its stream ends with when all is well. */
  readonly end: RegExp;
  /** What its stream ends with when it was broken off. */
  readonly failure: RegExp;
}

const JSON_TYPE = { 'content-type': 'application/json' };

export const CLIENTS: readonly ClientProtocol[] = [
  {
    name: 'chat',
    path: '/v1/chat/completions',
    headers: JSON_TYPE,
    body: (model, content, stream = false) => ({ model, stream, messages: [{ role: 'user', content }] }),
    end: /data: \[DONE\]\n\n$/,
    failure: /\n\ndata: \{"error":\{"message":[^\n]+\n\n$/,
  },
  {
    name: 'messages',
    path: '/v1/messages',
    headers: { ...JSON_TYPE, 'anthropic-version': '2023-06-01' },
    body: (model, content, stream = false) => ({ model, stream, max_tokens: 100, messages: [{ role: 'user', content }] }),
    end: /event: message_stop\ndata: [^\n]+\n\n$/,
    failure: /event: error\ndata: \{"type":"error","error":\{"type":"\w+_error",[^\n]+\n\n$/,
  },
  {
    name: 'responses',
    path: '/v1/responses',
    headers: JSON_TYPE,
    body: (model, input, stream = false) => ({ model, stream, input, store: false }),
    end: /event: response\.completed\ndata: [^\n]+\n\n$/,
    failure: /event: response\.failed\ndata: [^\n]+\n\n$/,
  },
];

export const UPSTREAMS: readonly UpstreamName[] = ['to-chat', 'to-messages', 'to-responses'];

/** Models `to-chat`, `to-messages` and `to-responses`, each served by an upstream of that form at `url`; `model`: what it is asked for. */
export function crossConfig(
  url: string,
  { model = undefined as string | undefined, more = {} as ConfigObject } = {},
): ConfigObject {
  const credentials = (name: string) => ['one', 'two'].map((id) => ({ id, key: `sk-${name}-${id}-0123456789` }));
  const upstream = (name: string, form: object) => ({ name, baseUrl: url, credentials: credentials(name), ...form });
  return gatewayConfig(url, {
    server: { exposeAttempts: true },
    upstreams: [
      upstream('chat', { protocol: 'openai', api: 'chat' }),
      upstream('responses', { protocol: 'openai', api: 'responses' }),
      upstream('messages', { protocol: 'anthropic' }),
    ],
    models: UPSTREAMS.map((name) => ({ name, targets: [{ upstream: name.slice(3), ...(model && { model }) }] })),
    ...more,
  });
}

/** Whether bytes pass untouched. */
export function isSame(client: ClientName, upstream: UpstreamName): boolean {
  return upstream === `to-${client}`;
}

export async function ask(url: string, client: ClientProtocol, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(url + client.path, {
    method: 'POST',
    headers: { ...client.headers, ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
