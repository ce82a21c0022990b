/**
 * Signatures and encrypted thought on their way through a dialect that is not their maker's: wrapped with the maker's
 * name, so that they come back to their maker and are never shown to another as its own (edge case 42).
 */
import type { Maker } from './request.js';

/** `tg1.<maker>.<base64url of JSON>`; characters that every provider allows in a signature. */
const SEAL = /^tg1\.(openai|anthropic|chat)\.([\w-]*)$/;

export interface Sealed {
  readonly maker: Maker;
  /** What the maker gave: a signature, encrypted content; absent where it gave none. */
  readonly proof?: string;
  /** The maker's item id. */
  readonly id?: string;
  /** The whole thought is hidden. */
  readonly redacted?: boolean;
}

export function seal({ maker, ...inside }: Sealed): string {
  const empty = Object.values(inside).every((value) => value === undefined);
  return `tg1.${maker}.${empty ? '' : Buffer.from(JSON.stringify(inside)).toString('base64url')}`;
}

/** Undefined: it was not sealed here, so it is the own proof of whoever's dialect it stands in. */
export function unseal(text: string): Sealed | undefined {
  const match = SEAL.exec(text);
  if (!match) return undefined;
  const [, maker, inside = ''] = match;
  return { ...read(inside), maker: maker as Maker };
}

function read(inside: string): Omit<Sealed, 'maker'> {
  try {
    const { proof, id, redacted } = JSON.parse(Buffer.from(inside, 'base64url').toString('utf8')) as Record<string, unknown>;
    return {
      ...(typeof proof === 'string' && { proof }),
      ...(typeof id === 'string' && { id }),
      ...(redacted === true && { redacted }),
    };
  } catch {
    return {};
  }
}

/** Whether a request's body may hold a sealed proof, which only its maker may be sent: such a body is read even where nothing else must be converted. */
export function isSealed(body: Uint8Array & { includes(text: string): boolean }): boolean {
  return body.includes('"tg1.');
}
