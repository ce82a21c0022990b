/** Who may speak to the admin port. Pure decisions over header values. */
import { createHash, timingSafeEqual } from 'node:crypto';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an `Authorization` value carries this key; the time taken does not tell how much of it was right. */
export function keyFits(authorization: string | undefined, key: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(sha256(given), sha256(key));
}

/** A page elsewhere can point its own name at 127.0.0.1; its name still stands in `Host`. */
export function hostFits(host: string | undefined, boundTo: string): boolean {
  if (!isLoopback(boundTo)) return true;
  return LOOPBACK_NAMES.has((host ?? '').toLowerCase().replace(/:\d+$/, ''));
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

export interface ChangeRequest {
  readonly host?: string;
  readonly origin?: string;
  readonly fetchSite?: string;
  readonly contentType?: string;
}

/** Why a request that changes something is refused; undefined when it may pass. Browsers always tell the truth in these headers. */
export function changeRefusal(request: ChangeRequest): 'cross-site' | 'content-type' | undefined {
  const { host, origin, fetchSite, contentType } = request;
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return 'cross-site';
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase())) return 'cross-site';
  if (contentType !== undefined && !/^application\/json *(;|$)/i.test(contentType)) return 'content-type';
  return undefined;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
