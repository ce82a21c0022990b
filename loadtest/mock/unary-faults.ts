import type { Fault } from './faults.js';
import type { Reply } from './reply.js';

/**
 * What the faults of a stream do to an answer that is not streamed: cuts come in the middle of the body, errors become
 * status 500, broken JSON stays broken. False: this fault does nothing to such an answer.
 */
export function spoilUnary(reply: Reply, fault: Fault, json: string): boolean {
  switch (fault.name) {
    case 'error-first-event':
    case 'error-mid-stream':
      reply.sendError(500, {
        message: 'The server had an error while processing your request.',
        type: 'server_error',
        code: null,
      });
      return true;
    case 'bad-json-event':
      reply.sendJson(200, json.slice(0, json.length / 2), 'faulted');
      return true;
    case 'stall-after':
      sendHalf(reply, json);
      return true;
    case 'cut-fin-after':
    case 'cut-mid-event':
    case 'silent-end-after':
      sendHalf(reply, json);
      reply.cut(false);
      return true;
    case 'cut-rst-after':
      sendHalf(reply, json);
      // A reset at once could overtake the bytes before it.
      setTimeout(() => reply.cut(true), 20);
      return true;
    default:
      return false;
  }
}

function sendHalf(reply: Reply, json: string): void {
  reply.response.writeHead(200, {
    ...reply.commonHeaders(),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
  });
  reply.response.write(json.slice(0, json.length / 2));
}
