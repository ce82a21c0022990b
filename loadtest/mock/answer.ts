import type { ChatRequest } from './chat-request.js';
import { answerFault, type HealthyAnswer } from './fault-answers.js';
import { type Fault, parseFault } from './faults.js';
import type { Histogram } from './histogram.js';
import type { Behaviour } from './model-name.js';
import { completionBody, DONE_EVENT, EventWriter, type StreamFacts } from './openai-events.js';
import type { MockOptions } from './options.js';
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
}

/** One chat request on its way to its answer. */
interface Act {
  reply: Reply;
  chat: ChatRequest;
  facts: StreamFacts;
  plan: StreamPlan;
  pace: Behaviour['pace']['kind'];
  fault: Fault | undefined;
  startedAt: number;
}

/** Answers one admitted chat request as its model name, or a fault set at run time, says. */
export function answerChat(stage: Stage, reply: Reply, chat: ChatRequest, behaviour: Behaviour): void {
  const { seed, timeScale } = stage.options;
  const fault = reply.grant.fault === undefined ? behaviour.fault : parseFault(reply.grant.fault);
  const plan = planStream({ ...behaviour, fault }, { ordinal: reply.grant.ordinal, seed, timeScale });
  const { model, includeUsage, promptTokens } = chat;
  const stamps = behaviour.stamps || reply.request.headers['x-mock-stamps'] === '1';
  const id = `chatcmpl-mock${String(reply.grant.id).padStart(8, '0')}`;
  const receivedAt = process.hrtime.bigint();
  const facts = { id, created: Math.floor(Date.now() / 1000), model, stamps, receivedAt, includeUsage, promptTokens };
  const act = { reply, chat, facts, plan, pace: behaviour.pace.kind, fault, startedAt: stage.wheel.now() };
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

function performStream(stage: Stage, { reply, facts, plan, fault }: Act): void {
  const usage = facts.includeUsage ? usageOf(facts, plan) : undefined;
  const twist = (fault && twistOf(fault)) ?? {};
  reply.startStream(fault?.name === 'set-cookie' ? cookies() : {});
  closeWhenIdle(reply, fault);
  const startedAt = stage.wheel.now();
  new StreamPlayer({ reply, writer: new EventWriter(facts), plan, twist, usage, startedAt }, stage.wheel, stage.lateness).start();
}

function performUnary({ reply, facts, plan, fault }: Act): void {
  const json = completionBody(facts, planText(plan), usageOf(facts, plan));
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

function usageOf({ promptTokens }: StreamFacts, plan: StreamPlan) {
  return { promptTokens, completionTokens: plan.events - FRAME_EVENTS };
}

function healthyAnswer({ facts, plan, chat }: Act): HealthyAnswer {
  const writer = new EventWriter(facts);
  const pieces = Array.from({ length: plan.events - FRAME_EVENTS }, (_, index) => writer.content(plan.piece(index)));
  const sse = [writer.role(), ...pieces, writer.finish(), DONE_EVENT].join('');
  return { json: completionBody(facts, planText(plan), usageOf(facts, plan)), sse, stream: chat.stream };
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
