import type { DrivePlan } from '../drive-plan.js';
import type { VirtualUser } from '../virtual-user.js';

/** Requests of one process as they go over the wire. */
export class Writer {
  readonly #hasBody: boolean;
  readonly #opening: string;

  constructor({ url, request }: Pick<DrivePlan, 'url' | 'request'>) {
    const { host, pathname, search } = new URL(url);
    this.#hasBody = request?.dialect !== 'get';
    this.#opening = `${this.#hasBody ? 'POST' : 'GET'} ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n`;
  }

  /** The next request of a user; its text is to be written as UTF-8. */
  next(user: VirtualUser): string {
    const { headers, body } = user.nextRequest();
    let text = this.#opening;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    if (this.#hasBody) text += `content-length: ${Buffer.byteLength(body)}\r\n`;
    return `${text}\r\n${body}`;
  }
}
