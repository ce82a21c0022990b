/** Where an upstream is: the address as written, brought to the one form that paths can be appended to. */
import { withoutEndSlashes } from '../upstream/path-end.js';

/**
 * Without user, query and fragment, trailing slashes and a trailing `/v1` taken off (the gateway appends
 * `/v1/chat/completions` and so on). Undefined if it is no such http or https address.
 */
export function parseBaseUrl(written: string): string | undefined {
  if (!/^https?:\/\/[^/?#@\s\\][^?#@\s\\]*$/i.test(written) || !URL.canParse(written)) return undefined;
  const url = new URL(written);
  if (url.hostname === '' || url.username !== '' || url.port === '0') return undefined;
  const path = withoutEndSlashes(withoutEndSlashes(url.pathname).replace(/\/v1$/, ''));
  return `${url.protocol}//${url.host}${path}`;
}

/** Host in lower case without brackets, port filled in from the scheme. */
export function endpointOf(baseUrl: string): { readonly host: string; readonly port: number } {
  const url = new URL(baseUrl);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host: bareHost(url.hostname), port };
}

/** Host in lower case, without the brackets of an IPv6 literal and a closing dot. */
export function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

/** Whether only this machine can reach what listens on the host. */
export function isLoopback(host: string): boolean {
  const bare = bareHost(host);
  return bare === 'localhost' || bare === '::1' || /^(::ffff:)?127(\.[0-9]{1,3}){3}$/.test(bare);
}

/** Whether what listens on the host listens on every address of the machine. */
export function isWildcard(host: string): boolean {
  return ['0.0.0.0', '::', '::0', '0', '::ffff:0.0.0.0'].includes(bareHost(host));
}

/** Whether a request to `target` would arrive at the gateway that listens on `host` and `port`. Other names of this machine are not looked up. */
export function leadsBack(target: { readonly host: string; readonly port: number }, host: string, port: number): boolean {
  if (port === 0 || target.port !== port) return false;
  const local = isLoopback(target.host) || isWildcard(target.host);
  return bareHost(host) === target.host || (local && (isLoopback(host) || isWildcard(host)));
}
