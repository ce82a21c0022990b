import { randomUUID } from 'node:crypto';

/** What an id may look like to be taken over: it goes into headers, logs and error bodies. */
const ACCEPTABLE = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's own id where it is harmless, else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && ACCEPTABLE.test(header) ? header : `req_${randomUUID()}`;
}
