/** The port is settled and proved free before the first fork: then a worker that comes back finds the same one, and a port in use is one clear line and no crash loop. */
import { createServer } from 'node:net';

/** The address cannot be had; the message is for the operator. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/**
 * The port to serve on: the given one, or a free one for 0.
 * @throws AddressError when it is taken, privileged or not of this machine.
 */
export function settlePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => reject(new AddressError(explain(error, host, port))));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const settled = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(settled));
    });
  });
}

/** What the operator can do about a failed bind. */
export function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use: stop the program that has it, or choose another with --port.`;
    case 'EACCES':
      return `Port ${port} on ${host} needs privileges this user lacks: choose one above 1023 with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine: choose another with --host.`;
    default:
      return `Cannot listen on ${host}:${port}: ${error.code ?? error.message}.`;
  }
}
