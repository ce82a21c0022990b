/** The data port's HTTP server: limits, strictness, and an orderly end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { GatewayError } from '../errors.js';
import { isClosing } from './closing.js';
import { DataResponse, watchHalfClose } from './half-close.js';
import { refuse, refuseBytes } from './refusals.js';
import { strictFault } from './strictness.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Longer than any client or load balancer keeps an idle connection, so that it closes first and never races us: milliseconds. */
const KEEP_ALIVE = 75_000;
/** A whole request, body included. */
const REQUEST_TIMEOUT = 300_000;
/** How often connections are looked through for requests that take too long (Node's default of 30 s lets them have half as much again). */
const LOOK = 1_000;
const MOST_HEADER_BYTES = 16 * 1024;
/** A burst of a thousand clients connects without a drop (the kernel's default of 511 overflowed, measured in reference runs). */
const BACKLOG = 4096;

export function createDataServer(listener: Listener): Server {
  const strict: Listener = (request, response) => {
    if (isClosing(request)) return;
    const fault = strictFault(request);
    if (fault === undefined) listener(request, response);
    else refuse(request, response, new GatewayError('invalid_request', fault), { connection: 'close' });
  };
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE,
      requestTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: LOOK,
      maxHeaderSize: MOST_HEADER_BYTES,
      noDelay: true,
      ServerResponse: DataResponse,
      // Node's own refusal has no body; ours follows.
      requireHostHeader: false,
    },
    strict,
  );
  // The body is asked for only once the caller is known: `readBody` sends the 100.
  server.on('checkContinue', strict);
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const error = new GatewayError('expectation_failed', 'The only expectation met here is 100-continue.');
    refuse(request, response, error, { connection: 'close' });
  });
  server.on('clientError', refuseBytes);
  // A client that ends its side behind its request still gets its answer (an option of node:http that its documents leave out).
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  server.on('connection', watchHalfClose);
  return server;
}

/** How long a request may take until its headers are complete, from its first byte or the connection on; milliseconds. */
export function setHeadersTimeout(server: Server, timeout: number): void {
  server.headersTimeout = timeout;
}

/** Resolves with the port; rejects when the address cannot be had. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/**
 * Stops accepting; resolves when the last connection is gone. http's own `close()` also closes idle connections at
 * once, on which a client may just be sending (two resets a roll, measured): the caller closes them later.
 */
export function stopAccepting(server: Server): Promise<void> {
  return new Promise((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
}
