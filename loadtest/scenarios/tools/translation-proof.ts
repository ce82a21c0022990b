/** Proof that a gateway translates: both answers of either client are in the client's own dialect and say the same words. */
import { holds } from '../../thresholds/checks.js';
import type { Check } from '../findings.js';
import type { Place } from './requests.js';

const ANSWER_WITHIN_MS = 20_000;
const MESSAGES = [{ role: 'user', content: 'When does the next tide come in?' }];

/** Asks both upstreams in both dialects and compares. Models: `gpt-load` is OpenAI's, `claude-load` Anthropic's. */
export async function proveTranslation(gateway: Place): Promise<Check[]> {
  const chat = [await chatText(gateway, 'gpt-load'), await chatText(gateway, 'claude-load')] as const;
  const messages = [await messagesText(gateway, 'claude-load'), await messagesText(gateway, 'gpt-load')] as const;
  return [
    sameWords("an OpenAI client is given Anthropic's answer in its own dialect, with the same words", chat),
    sameWords("an Anthropic client is given OpenAI's answer in its own dialect, with the same words", messages),
  ];
}

function sameWords(promise: string, [plain, translated]: readonly [string, string]): Check {
  const isSame = translated.length > 0 && translated === plain;
  return holds(
    promise,
    isSame,
    isSame ? `${plain.length} characters` : `'${translated.slice(0, 60)}', not '${plain.slice(0, 60)}'`,
  );
}

/** The text where a chat completion has it; '' when it is not there. */
async function chatText(place: Place, model: string): Promise<string> {
  const answer = await ask(place, '/v1/chat/completions', { model, messages: MESSAGES });
  const { choices } = answer as { choices?: { message?: { content?: string } }[] };
  return choices?.[0]?.message?.content ?? '';
}

/** The text where a Messages answer has it. */
async function messagesText(place: Place, model: string): Promise<string> {
  const answer = await ask(place, '/v1/messages', { model, max_tokens: 1_000, messages: MESSAGES });
  const { type, content } = answer as { type?: string; content?: { text?: string }[] };
  return type === 'message' ? (content ?? []).map(({ text = '' }) => text).join('') : '';
}

async function ask({ origin, key }: Place, path: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const response = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body), signal });
  return response.json();
}
