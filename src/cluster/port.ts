/** The port is settled and proved free before the first fork: then a worker that comes back finds the same one, and a port in use is one clear line and no crash loop. */
import { createServer } from 'node:net';

/** Where the operator changes the address that cannot be had. */
export interface AddressSettings {
  readonly host: string;
  readonly port: string;
}

export const DATA_SETTINGS: AddressSettings = { host: '--host', port: '--port' };
export const ADMIN_SETTINGS: AddressSettings = { host: 'admin.host in the config file', port: 'admin.port in the config file' };

/** The address cannot be had; the message is for the operator. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/**
 * The port to serve on: the given one, or a free one for 0.
 * @throws AddressError when it is taken, privileged or not of this machine.
 */
export function settlePort(host: string, port: number, settings = DATA_SETTINGS): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => reject(new AddressError(explain(error, host, port, settings))));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const settled = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(settled));
    });
  });
}

/** What the operator can do about a failed bind. */
function explain(error: NodeJS.ErrnoException, host: string, port: number, settings: AddressSettings): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use: stop the program that has it, or choose another with ${settings.port}.`;
    case 'EACCES':
      return `Port ${port} on ${host} needs privileges this user lacks: choose one above 1023 with ${settings.port}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine: choose another with ${settings.host}.`;
    default:
      return `Cannot listen on ${host}:${port}: ${error.code ?? error.message}.`;
  }
}
