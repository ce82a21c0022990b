/** Ways of using the gateway, by priority as seed 003 has them: P0 is the product itself, P3 is not worth a load test. */
import type { CallRequest } from './tools/caller.js';
import { chatRequest, get, type Place, post } from './tools/requests.js';

export interface Journey {
  readonly name: string;
  readonly label: string;
  readonly priority: 'P0' | 'P1' | 'P2';
  /** Each request is a user that was never seen: another session, another connection. Else the user keeps both. */
  readonly isNew: boolean;
  /** Highest stable rate that the seed published for the nearest of its endpoints. */
  readonly published: string;
  readonly inQuick: boolean;
  request(place: Place, user: number, turn: number): CallRequest;
}

const MODEL = 'mock-instant';

export const JOURNEYS: readonly Journey[] = [
  {
    ...{ name: 'chat_new', label: 'chat, new users', priority: 'P0', isNew: true, inQuick: true },
    published: '100 (guest/chat)',
    request: (place, user, turn) => chatRequest(place, { model: MODEL, stream: true, session: `new-${user}-${turn}` }),
  },
  {
    ...{ name: 'chat_returning', label: 'chat, returning users with a session', priority: 'P0', isNew: false, inQuick: true },
    published: '100 (gotgpt/chat), 524s from 70 on',
    request: (place, user, turn) => chatRequest(place, { model: MODEL, stream: true, session: `back-${user}`, turns: turn % 8 }),
  },
  {
    ...{ name: 'messages', label: 'Messages, converted', priority: 'P1', isNew: false, inQuick: true },
    published: '70 (voice/chat)',
    request: (place, user) => {
      const messages = [{ role: 'user', content: 'When does the next tide come in, and which gate opens first?' }];
      return post(place, '/v1/messages', { model: MODEL, max_tokens: 200, stream: false, messages }, `messages-${user}`);
    },
  },
  {
    ...{ name: 'chat_whole', label: 'chat, not streamed', priority: 'P1', isNew: false, inQuick: false },
    published: '70 (voice/chat)',
    request: (place, user) => chatRequest(place, { model: MODEL, stream: false, session: `whole-${user}` }),
  },
  {
    ...{ name: 'models', label: 'list of models', priority: 'P2', isNew: false, inQuick: false },
    published: '250 (session-list)',
    request: (place) => get(place, '/v1/models'),
  },
];
