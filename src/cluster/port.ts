/** The port is settled and proved free before the first fork: then a worker that comes back finds the same one, and a port in use is one clear line and no crash loop. */
import { randomInt } from 'node:crypto';
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

/** Below the range that systems hand out to outgoing connections (Linux: from 32768), so that none takes it before the workers bind it. */
const LOWEST = 10_000;
const HIGHEST = 32_767;
const TRIES = 20;

/**
 * The port to serve on: the given one, or a free one for 0.
 * @throws AddressError when it is taken, privileged or not of this machine.
 */
export async function settlePort(host: string, port: number, settings = DATA_SETTINGS): Promise<number> {
  for (let tries = port === 0 ? TRIES : 0; tries > 0; tries--) {
    const candidate = randomInt(LOWEST, HIGHEST + 1);
    const fault = await tryToBind(host, candidate);
    if (!fault) return candidate;
    if (fault.code !== 'EADDRINUSE') throw new AddressError(explain(fault, host, candidate, settings));
  }
  const fault = await tryToBind(host, port);
  if (fault) throw new AddressError(explain(fault, host, port, settings));
  return port;
}

/** Binds and lets go; answers with why it could not. */
function tryToBind(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
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
