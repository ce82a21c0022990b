/** What only this mock can have made: signatures of thoughts, and thoughts that nobody else can read. */
import { createHash, createHmac } from 'node:crypto';

/** No secret: it only has to be something that a converter does not know. */
const KEY = 'the mock model signs its thoughts';

export function signThought(thought: string): string {
  return createHmac('sha256', KEY).update(`thought\0${thought}`).digest('base64');
}

/** `id` makes two of them differ. */
export function hideThought(id: string): string {
  const text = `hidden\0${id}`;
  return Buffer.from(JSON.stringify({ text, mac: mac(text) })).toString('base64');
}

export function encryptThought(thought: string): string {
  const text = `encrypted\0${thought}`;
  return Buffer.from(JSON.stringify({ text, mac: mac(text) })).toString('base64');
}

export function isSigned(thought: string, signature: string): boolean {
  return signThought(thought) === signature;
}

/** Whether `hideThought` or `encryptThought` made it, unchanged. */
export function isOurs(data: string, kind: 'hidden' | 'encrypted'): boolean {
  try {
    const { text, mac: given } = JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as Record<string, unknown>;
    return typeof text === 'string' && text.startsWith(`${kind}\0`) && mac(text) === given;
  } catch {
    return false;
  }
}

/** A short name of any bytes, the same on both sides of a test. */
export function fingerprint(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

function mac(text: string): string {
  return createHmac('sha256', KEY).update(text).digest('base64');
}
