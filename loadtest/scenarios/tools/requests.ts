/** Requests as bytes, for callers on bare sockets. */
import type { CallRequest } from './caller.js';

/** Where requests go and with which key. */
export interface Place {
  /** `http://host:port`. */
  readonly origin: string;
  readonly key: string;
}

export interface ChatWish {
  readonly model: string;
  readonly stream: boolean;
  /** Sent as `x-session-id`. */
  readonly session?: string;
  /** Named in the body too, where the mock can see it: a gateway keeps the header to itself. */
  readonly user?: string;
  /** What the user says. Default: a short question. ASCII. */
  readonly prompt?: string;
  /** Turns that went before. Default 0. */
  readonly turns?: number;
}

const SYSTEM = 'You are the keeper of a tide gate. Answer briefly, and name the hour when you know it.';
const QUESTION = 'When does the next tide come in, and which gate opens first?';
const ANSWER = 'At four in the afternoon; the western gate opens first, and the eastern one half an hour later.';

/** `POST /v1/chat/completions`. */
export function chatRequest(place: Place, wish: ChatWish): CallRequest {
  const { model, stream, session, user, prompt = QUESTION, turns = 0 } = wish;
  const before = Array.from({ length: turns }, () => [
    { role: 'user', content: QUESTION },
    { role: 'assistant', content: ANSWER },
  ]).flat();
  const messages = [{ role: 'system', content: SYSTEM }, ...before, { role: 'user', content: prompt }];
  return post(place, '/v1/chat/completions', { model, stream, messages, ...(user !== undefined && { user }) }, session);
}

/** `POST /v1/messages` with the same words; a stream of these ends with `message_stop`. */
export function messagesRequest(place: Place, { model, stream, session, prompt = QUESTION }: ChatWish): CallRequest {
  const body = { model, stream, max_tokens: 1_000, system: SYSTEM, messages: [{ role: 'user', content: prompt }] };
  return { ...post(place, '/v1/messages', body, session), endMark: 'message_stop' };
}

/** `POST` of any JSON. ASCII only: a character is a byte. */
export function post(place: Place, path: string, body: Readonly<Record<string, unknown>>, session?: string): CallRequest {
  const text = JSON.stringify(body);
  const lines = [
    ...head(place, `POST ${path}`),
    'Content-Type: application/json',
    `Content-Length: ${text.length}`,
    ...(session === undefined ? [] : [`x-session-id: ${session}`]),
  ];
  return { bytes: `${lines.join('\r\n')}\r\n\r\n${text}`, stream: body.stream === true };
}

export function get(place: Place, path: string): CallRequest {
  return { bytes: `${head(place, `GET ${path}`).join('\r\n')}\r\n\r\n`, stream: false };
}

function head({ origin, key }: Place, line: string): string[] {
  return [`${line} HTTP/1.1`, `Host: ${new URL(origin).host}`, `Authorization: Bearer ${key}`, 'Accept: */*'];
}
