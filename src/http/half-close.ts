/**
 * Clients that end their side of the connection (FIN) while they wait. Some mean "that was my request" (a half-close)
 * and read on, most have gone; the FIN is the same. What tells them apart is their answer to a byte: a system that has
 * closed a socket answers with a reset. So something harmless is written at once and a few times more, as an answer may
 * take its time: the reset comes after one round trip, and shows at the next write (docs/decisions/0015-edges.md).
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Node keeps the response under way on its socket; its own handlers look there too. */
type WithResponse = Socket & { _httpMessage?: ServerResponse | null };

/** After the FIN, milliseconds. No more of them: Go's client gives up at the sixth interim answer. The first leaves an answer that is nearly there alone. */
const PROBES = [10, 50, 130, 600];

/** A response whose maker wants to know that the client has ended its side. */
export class DataResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  onHalfClose: (() => void) | undefined;
}

/** Once for each connection. */
export function watchHalfClose(socket: Socket): void {
  socket.on('end', () => {
    const { _httpMessage: response } = socket as WithResponse;
    if (response instanceof DataResponse) response.onHalfClose?.();
  });
}

/** Calls `probe` soon and a few times more. */
export function probeGently(probe: () => void): void {
  for (const wait of PROBES) setTimeout(probe, wait).unref();
}
