/** A body that another thread shares, as text. */
export function textOf({ buffer, byteOffset, byteLength }: Uint8Array, encoding: 'latin1' | 'utf8'): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString(encoding);
}
