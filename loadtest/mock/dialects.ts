/** The APIs that the mock speaks, and the paths on which it does. */
import type { DialectName, MockDialect } from './dialect.js';
import { messagesDialect } from './messages-events.js';
import { chatDialect } from './openai-events.js';
import { responsesDialect } from './responses-events.js';

export const DIALECTS: Readonly<Record<DialectName, MockDialect>> = {
  chat: chatDialect,
  messages: messagesDialect,
  responses: responsesDialect,
};

/** What a path answers. */
export interface Endpoint {
  readonly dialect: MockDialect;
  readonly kind: 'answer' | 'count' | 'embeddings';
}

export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/v1/chat/completions': { dialect: chatDialect, kind: 'answer' },
  '/compatible-mode/v1/chat/completions': { dialect: chatDialect, kind: 'answer' },
  '/v1/embeddings': { dialect: chatDialect, kind: 'embeddings' },
  '/v1/messages': { dialect: messagesDialect, kind: 'answer' },
  '/v1/messages/count_tokens': { dialect: messagesDialect, kind: 'count' },
  '/v1/responses': { dialect: responsesDialect, kind: 'answer' },
};

/** Names for `--without`: an upstream that lacks them answers 404. */
export const API_NAMES: Readonly<Record<string, readonly string[]>> = {
  chat: ['/v1/chat/completions', '/compatible-mode/v1/chat/completions'],
  messages: ['/v1/messages', '/v1/messages/count_tokens'],
  count_tokens: ['/v1/messages/count_tokens'],
  responses: ['/v1/responses'],
  embeddings: ['/v1/embeddings'],
};
