/** A route of the data plane: what clients call, and how its bodies are read. */

import { ChatStreamObserver, openai, readRoutingFields } from '../protocol/openai/index.js';
import type { Protocol, RoutingFields, StreamObserver } from '../protocol/protocol.js';

export interface Route {
  /** Also the label in metrics and the path asked of the upstream. */
  readonly path: string;
  readonly protocol: Protocol;
  readonly readRoutingFields: (text: string) => RoutingFields;
  /** Absent: this route never streams. */
  readonly createObserver?: () => StreamObserver;
}

export const CHAT_COMPLETIONS: Route = {
  path: '/v1/chat/completions',
  protocol: openai,
  readRoutingFields,
  createObserver: () => new ChatStreamObserver(),
};

export const EMBEDDINGS: Route = { path: '/v1/embeddings', protocol: openai, readRoutingFields };
