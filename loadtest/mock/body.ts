import type { IncomingMessage } from 'node:http';

/** The body is larger than the limit. */
export class BodyTooLarge extends Error {}
/** The client went away before its body was whole. */
export class BodyCutShort extends Error {}

/** Reads a body of at most `limit` bytes. Throws BodyTooLarge as soon as that is known, before reading when the length is announced. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return reject(new BodyTooLarge());
    const pieces: Buffer[] = [];
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      // What comes after is thrown away, so that the client reads its 413 instead of a reset.
      if (bytes > limit) reject(new BodyTooLarge());
      else pieces.push(piece);
    });
    request.once('end', () => resolve(Buffer.concat(pieces)));
    request.once('close', () => reject(new BodyCutShort()));
  });
}
