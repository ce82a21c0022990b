/** The six clients of the matrix, in the order of its table. */
import { aiClient } from './clients/ai.js';
import { anthropicClient } from './clients/anthropic.js';
import type { ConformanceClient, Reach } from './clients/client.js';
import { openAiChatClient } from './clients/openai-chat.js';
import { openAiResponsesClient } from './clients/openai-responses.js';
import type { ClientKind } from './words.js';

export const CLIENTS: readonly ClientKind[] = [
  { id: 'openai chat', protocol: 'chat', sdk: 'openai' },
  { id: 'openai responses', protocol: 'responses', sdk: 'openai' },
  { id: 'anthropic', protocol: 'messages', sdk: 'anthropic' },
  { id: 'ai chat', protocol: 'chat', sdk: 'ai' },
  { id: 'ai responses', protocol: 'responses', sdk: 'ai' },
  { id: 'ai messages', protocol: 'messages', sdk: 'ai' },
];

export function createClient({ sdk, protocol }: ClientKind, reach: Reach): ConformanceClient {
  if (sdk === 'ai') return aiClient(protocol, reach);
  if (sdk === 'anthropic') return anthropicClient(reach);
  return protocol === 'chat' ? openAiChatClient(reach) : openAiResponsesClient(reach);
}
