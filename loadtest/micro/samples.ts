/** What is typical, once for all benches. */

/** One event of a chat stream, as providers send it. */
export const EVENT =
  'data: {"id":"chatcmpl-0123456789","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}\n\n';

/** Text as it comes out of a socket: joined strings would be measured being flattened. */
export function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** A chat request of so many turns, about 300 bytes each. */
export function chatBody(turns: number): Buffer {
  const words = 'The quick "brown" fox\njumps over the lazy dog. ';
  const messages = Array.from({ length: turns }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: words.repeat(5),
  }));
  return Buffer.from(JSON.stringify({ model: 'gpt-4o', stream: true, messages, user: 'user-1' }));
}
