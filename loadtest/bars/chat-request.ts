/** What one request of the bars says. */
export interface ChatWish {
  /** Of the gateway or the mock, `http://host:port`. */
  origin: string;
  key: string;
  model: string;
  stream: boolean;
  /** Sent as `x-session-id`, so that stickiness is part of what is measured. */
  session: string;
}

/** A prompt of ordinary length: parsing it is part of a gateway's work. */
const MESSAGES = [
  { role: 'system', content: 'You are the keeper of a tide gate. Answer briefly, and name the hour when you know it.' },
  { role: 'user', content: 'When does the next tide come in, and which gate opens first?' },
];

/** One whole HTTP/1.1 request as text (ASCII). */
export function chatRequest({ origin, key, model, stream, session }: ChatWish): string {
  const body = JSON.stringify({ model, stream, messages: MESSAGES });
  return [
    'POST /v1/chat/completions HTTP/1.1',
    `Host: ${new URL(origin).host}`,
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    'Accept: */*',
    `x-session-id: ${session}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
