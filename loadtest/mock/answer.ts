import { type ChatRequest, keyOf } from './chat-request.js';
import type { StreamFacts, StreamWriter } from './dialect.js';
import { answerFault, type HealthyAnswer } from './fault-answers.js';
import { type Fault, parseFault } from './faults.js';
import type { Histogram } from './histogram.js';
import type { Behaviour } from './model-name.js';
import type { MockOptions } from './options.js';
import type { PromptCache } from './prompt-cache.js';
import type { Reply } from './reply.js';
import { FRAME_EVENTS, offsetOf, planStream, planText, type StreamPlan } from './stream-plan.js';
import { StreamPlayer } from './stream-player.js';
import { twistOf } from './stream-twist.js';
import { spoilUnary } from './unary-faults.js';
import type { TimerWheel } from './wheel.js';

/** What every answer of one process is made with. */
export interface Stage {
  options: MockOptions;
  wheel: TimerWheel;
  lateness: Histogram;
  promptCache: PromptCache;
}

/** One request on its way to its answer. */
interface Act {
  reply: Reply;
  chat: ChatRequest;
  facts: StreamFacts;
  plan: StreamPlan;
  pace: Behaviour['pace']['kind'];
  fault: Fault | undefined;
  startedAt: number;
  marks: boolean;
}

/** Answers one admitted request as its model name, or a fault set at run time, says. */
export function answerChat(stage: Stage, reply: Reply, chat: ChatRequest, behaviour: Behaviour): void {
  const { seed, timeScale } = stage.options;
  const fault = reply.grant.fault === undefined ? behaviour.fault : parseFault(reply.grant.fault);
  const plan = planStream({ ...behaviour, fault }, { ordinal: reply.grant.ordinal, seed, timeScale });
  const { model, includeUsage, promptTokens } = chat;
  const { dialect } = reply;
  const stamps = behaviour.stamps || reply.request.headers['x-mock-stamps'] === '1';
  const id = `${dialect.idPrefix}${String(reply.grant.id).padStart(8, '0')}`;
  const receivedAt = process.hrtime.bigint();
  const { read: cachedTokens, written: cacheWriteTokens } =
    dialect.name === 'messages' ? stage.promptCache.look(keyOf(reply.request), chat.body) : { read: 0, written: 0 };
  const cost = { promptTokens: Math.max(promptTokens, cachedTokens + cacheWriteTokens), cachedTokens, cacheWriteTokens };
  const facts = { id, created: Math.floor(Date.now() / 1000), model, stamps, receivedAt, includeUsage, ...cost };
  const act = {
    reply,
    chat,
    facts,
    plan,
    pace: behaviour.pace.kind,
    fault,
    startedAt: stage.wheel.now(),
    marks: behaviour.marks,
  };
  if (fault === undefined) return perform(stage, act);
  if (fault.name === 'slow-headers') return later(stage, reply, fault.numbers[0] ?? 0, () => perform(stage, act));
  if (fault.name === 'drip-headers') return dripHead(reply, fault.numbers[0] ?? 0);
  if (!answerFault(reply, fault, healthyAnswer(act))) perform(stage, act);
}

/** Runs `what` after so many milliseconds unless the request is over by then. */
export function later({ wheel }: Stage, reply: Reply, milliseconds: number, what: () => void): void {
  if (milliseconds <= 0) return what();
  const entry = { deadline: wheel.now() + milliseconds, cancelled: false, run: what };
  reply.whenOver = () => {
    entry.cancelled = true;
  };
  wheel.add(entry);
}

function perform(stage: Stage, act: Act): void {
  if (act.chat.stream) performStream(stage, act);
  else later(stage, act.reply, unaryDelay(stage, act), () => performUnary(act));
}

function performStream(stage: Stage, { reply, facts, plan, fault, marks }: Act): void {
  const twist = (fault && twistOf(fault)) ?? {};
  reply.startStream(fault?.name === 'set-cookie' ? cookies() : {});
  closeWhenIdle(reply, fault);
  const startedAt = stage.wheel.now();
  const show = {
    reply,
    writer: reply.dialect.createWriter(facts),
    plan,
    twist,
    completionTokens: tokensOf(plan),
    startedAt,
    marks,
  };
  new StreamPlayer(show, stage.wheel, stage.lateness).start();
}

function performUnary({ reply, facts, plan, fault }: Act): void {
  const json = reply.dialect.wholeBody(facts, planText(plan), tokensOf(plan));
  if (fault && spoilUnary(reply, fault, json)) return;
  reply.sendJson(200, json, 'completed', fault?.name === 'set-cookie' ? cookies() : {});
  closeWhenIdle(reply, fault);
}

/** As long as the stream would last; for the default model what RESPONSE_DELAY_SECONDS says. */
function unaryDelay({ options }: Stage, { pace, plan, fault }: Act): number {
  if (fault?.name === 'slow-first-token') return fault.numbers[0] ?? 0;
  if (pace === 'model') return options.responseDelaySeconds * 1000 * options.timeScale;
  return offsetOf(plan, plan.events - 1);
}

/** A token for each piece of the answer. */
function tokensOf(plan: StreamPlan): number {
  return plan.events - FRAME_EVENTS;
}

function healthyAnswer({ reply, facts, plan, chat }: Act): HealthyAnswer {
  const writer: StreamWriter = reply.dialect.createWriter(facts);
  const tokens = tokensOf(plan);
  const pieces = Array.from({ length: plan.events - FRAME_EVENTS }, (_, index) => writer.content(plan.piece(index)));
  const sse = [writer.opening(), ...pieces, writer.closing(tokens), writer.done(tokens)].join('');
  return { json: reply.dialect.wholeBody(facts, planText(plan), tokens), sse, stream: chat.stream };
}

function cookies() {
  return {
    'set-cookie': ['__cf_bm=mock-cookie; path=/; HttpOnly', 'session=mock-session'],
    'openai-organization': 'org-mock-secret',
    location: 'http://127.0.0.1/',
    'x-ratelimit-remaining-requests': '99',
  };
}

/** `close-idle-<ms>`: a healthy answer, then the idle connection is closed without a word, as a race with the next request. */
function closeWhenIdle(reply: Reply, fault: Fault | undefined): void {
  if (fault?.name !== 'close-idle') return;
  const { socket } = reply;
  reply.response.once('finish', () => setTimeout(() => socket.destroySoon(), fault.numbers[0] ?? 0));
}

/** One byte of the head each so many milliseconds, and never an end to it. */
function dripHead(reply: Reply, everyMs: number): void {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Slow: ';
  let sent = 0;
  const drip = setInterval(() => reply.socket.write(head[sent++] ?? 'x', 'latin1'), Math.max(1, everyMs));
  reply.whenOver = () => clearInterval(drip);
}
