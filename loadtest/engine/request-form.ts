/** How one and the same conversation is asked for in each API. Pure. */
import type { RequestForm } from '../result.js';

export const STREAMED_CHAT: RequestForm = { dialect: 'chat', stream: true };

const PATHS: Readonly<Record<RequestForm['dialect'], string>> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
  get: '/health',
};

/** A bound that every model has room for. */
const MOST_TOKENS = 1024;

export interface Turn {
  role: 'user' | 'assistant';
  content: string;
}

export interface Conversation {
  model: string;
  /** Told in the body too: a gateway keeps the header to itself, and the mock counts sessions that change their credential. */
  session: string;
  system: string;
  turns: readonly Turn[];
}

export function pathOf({ dialect, path }: RequestForm): string {
  return path ?? PATHS[dialect];
}

/** The body as JSON; '' for a GET. */
export function bodyOf({ dialect, stream }: RequestForm, { model, session, system, turns }: Conversation): string {
  switch (dialect) {
    case 'chat':
      return JSON.stringify({ model, stream, user: session, messages: [{ role: 'system', content: system }, ...turns] });
    case 'messages':
      return JSON.stringify({ model, stream, max_tokens: MOST_TOKENS, metadata: { user_id: session }, system, messages: turns });
    case 'responses':
      return JSON.stringify({ model, stream, user: session, instructions: system, input: turns });
    default:
      return '';
  }
}

/** Headers that say what is sent, what is wanted and who asks. */
export function headersOf(form: RequestForm, key: string | undefined): Record<string, string> {
  return { ...ownHeaders(form, key), ...form.headers };
}

function ownHeaders({ dialect, stream }: RequestForm, key: string | undefined): Record<string, string> {
  const accept = stream ? 'text/event-stream' : 'application/json';
  if (dialect === 'get') return { accept, ...bearer(key) };
  if (dialect !== 'messages') return { 'content-type': 'application/json', accept, ...bearer(key) };
  const credential: Record<string, string> = key ? { 'x-api-key': key } : {};
  return { 'content-type': 'application/json', accept, 'anthropic-version': '2023-06-01', ...credential };
}

function bearer(key: string | undefined): Record<string, string> {
  return key ? { authorization: `Bearer ${key}` } : {};
}
