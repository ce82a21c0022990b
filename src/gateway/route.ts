/** The routes of the data plane: what clients call and upstreams are asked, and how bodies and streams of each are read. */
import {
  anthropic,
  MessagesStreamObserver,
  messages,
  readRoutingFields as readMessagesFields,
} from '../protocol/anthropic/index.js';
import type { Dialect } from '../protocol/middle/dialect.js';
import { ChatStreamObserver, chat, openai, readRoutingFields as readChatFields } from '../protocol/openai/index.js';
import type { Protocol, RoutingFields, StreamObserver } from '../protocol/protocol.js';
import {
  ResponsesStreamObserver,
  readRoutingFields as readResponsesFields,
  responses,
  responsesProtocol,
} from '../protocol/responses/index.js';

export interface Route {
  /** Also the label in metrics and the path asked of the upstream. */
  readonly path: string;
  /** Whose upstreams have it. */
  readonly maker: 'openai' | 'anthropic';
  readonly protocol: Protocol;
  readonly readRoutingFields: (text: string, isNamed?: boolean) => RoutingFields;
  /** Absent: this route never streams. */
  readonly createObserver?: () => StreamObserver;
  /** Absent: it cannot be asked of an upstream of the other maker. */
  readonly dialect?: Dialect;
}

export const CHAT_COMPLETIONS: Route = {
  path: '/v1/chat/completions',
  maker: 'openai',
  protocol: openai,
  readRoutingFields: readChatFields,
  createObserver: () => new ChatStreamObserver(),
  dialect: chat,
};

export const RESPONSES: Route = {
  path: '/v1/responses',
  maker: 'openai',
  protocol: responsesProtocol,
  readRoutingFields: readResponsesFields,
  createObserver: () => new ResponsesStreamObserver(),
  dialect: responses,
};

export const MESSAGES: Route = {
  path: '/v1/messages',
  maker: 'anthropic',
  protocol: anthropic,
  readRoutingFields: readMessagesFields,
  createObserver: () => new MessagesStreamObserver(),
  dialect: messages,
};

/** Estimated by the gateway where the upstream is OpenAI's, which has no such thing. */
export const COUNT_TOKENS: Route = {
  path: '/v1/messages/count_tokens',
  maker: 'anthropic',
  protocol: anthropic,
  readRoutingFields: readMessagesFields,
};

export const EMBEDDINGS: Route = {
  path: '/v1/embeddings',
  maker: 'openai',
  protocol: openai,
  readRoutingFields: readChatFields,
};

export const ROUTES: readonly Route[] = [CHAT_COMPLETIONS, RESPONSES, MESSAGES, COUNT_TOKENS, EMBEDDINGS];
