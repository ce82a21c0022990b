/** `mock-script`: a model that refuses what the real provider would, and else answers as the last user text tells it. */
import { type ChatRequest, keyOf } from '../chat-request.js';
import type { DialectName } from '../dialect.js';
import { refuse } from '../fault-answers.js';
import { parseFault } from '../faults.js';
import type { Reply } from '../reply.js';
import type { ScriptedAnswer, ScriptWriter, StreamStep } from './answer.js';
import { readChat } from './chat/read.js';
import { chatWriter } from './chat/writer.js';
import { compose } from './compose.js';
import { type Family, familyOf } from './family.js';
import { RequestFault } from './fault.js';
import { readMessages } from './messages/read.js';
import { messagesWriter } from './messages/writer.js';
import { readResponses } from './responses/read.js';
import { responsesWriter } from './responses/writer.js';
import type { Understood } from './seen.js';

/** A key that begins so is none. */
const WRONG_KEY = 'sk-wrong';

const WRITERS: Record<DialectName, ScriptWriter> = { chat: chatWriter, messages: messagesWriter, responses: responsesWriter };
/** Cut so, most characters of several bytes are cut too. */
const SPLIT_BYTES = 7;

export function answerScript(reply: Reply, request: ChatRequest, kind: 'answer' | 'count'): void {
  if (reply.grant.fault !== undefined) return applyRule(reply, reply.grant.fault);
  if (keyOf(reply.request).startsWith(WRONG_KEY)) return refuse(reply, 401);
  try {
    const understood = understand(reply, request, kind === 'count');
    if (kind === 'count') return reply.sendJson(200, JSON.stringify({ input_tokens: request.promptTokens }), 'completed');
    perform(reply, request.model, understood, compose(understood));
  } catch (error) {
    if (!(error instanceof RequestFault)) throw error;
    sendFault(reply, error);
  }
}

/** Of the faults that are set at run time this model knows the error statuses. */
function applyRule(reply: Reply, name: string): void {
  const fault = parseFault(name);
  if (fault?.name === 'status') return refuse(reply, fault.numbers[0] ?? 500, fault.numbers[1]);
  reply.sendError(500, { message: `The scripted model knows no fault '${name}'.`, type: 'server_error', code: null });
}

function understand(reply: Reply, { body, model }: ChatRequest, counting: boolean): Understood {
  const family: Family = familyOf(model) ?? {};
  switch (reply.dialect.name) {
    case 'messages':
      return readMessages(body, reply.request.headers, counting, family);
    case 'responses':
      return readResponses(body, family);
    case 'chat':
      return readChat(body, family);
  }
}

function sendFault(reply: Reply, { status, message, param, code }: RequestFault): void {
  if (status !== 400) return refuse(reply, status, status === 429 ? 1 : undefined);
  reply.sendError(400, { message, type: 'invalid_request_error', code, param });
}

function perform(reply: Reply, model: string, request: Understood, answer: ScriptedAnswer): void {
  const writer = WRITERS[reply.dialect.name];
  const id = `${String(reply.grant.id).padStart(8, '0')}${Math.floor(Date.now()).toString(36)}`;
  const head = { id, created: Math.floor(Date.now() / 1000), model };
  if (request.stream) {
    reply.startStream();
    return play(reply, writer.stream(answer, head, request), answer.splitBytes);
  }
  if (answer.failure === undefined) return reply.sendJson(200, JSON.stringify(writer.whole(answer, head, request)), 'completed');
  refuse(reply, answer.failure === 'mid-stream' ? 500 : reply.dialect.name === 'messages' ? 529 : 503);
}

/** Writes the steps one after another; a pause lets the reader see what came before it. */
function play(reply: Reply, steps: readonly StreamStep[], split: boolean): void {
  for (const [index, step] of steps.entries()) {
    if (reply.over) return;
    if ('pauseMs' in step) {
      const timer = setTimeout(() => play(reply, steps.slice(index + 1), split), step.pauseMs);
      reply.whenOver = () => clearTimeout(timer);
      return;
    }
    reply.events += step.event.split('data: ').length - 1;
    writeText(reply, step.event, split);
  }
  reply.end('completed');
}

function writeText(reply: Reply, text: string, split: boolean): void {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  if (!split) return reply.write(bytes);
  for (let at = 0; at < bytes.length; at += SPLIT_BYTES) reply.write(bytes.slice(at, at + SPLIT_BYTES));
}
