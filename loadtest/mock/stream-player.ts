import type { StreamWriter } from './dialect.js';
import type { Histogram } from './histogram.js';
import type { Reply } from './reply.js';
import { FRAME_EVENTS, offsetOf, type StreamPlan } from './stream-plan.js';
import type { StreamTwist } from './stream-twist.js';
import type { TimerWheel, WheelEntry } from './wheel.js';

/** Corked writes are given to the network when so many bytes wait, so that back-pressure shows. */
const CORKED_BYTES = 64 * 1024;

const RESET_DELAY_MS = 50;

/** What a player needs: where to write, what, when, and what to spoil. */
export interface Performance {
  reply: Reply;
  writer: StreamWriter;
  plan: StreamPlan;
  twist: StreamTwist;
  completionTokens: number;
  startedAt: number;
  /** Each piece of text begins with its number and time (`+marks`). */
  marks: boolean;
}

/**
 * Plays one stream: each event at start + its offset, several at once when they are due together. A client that does not
 * read makes it wait for the socket; what became due meanwhile follows at once.
 *
 *   waiting on the wheel ──due──▶ writing ──more to come──▶ waiting on the wheel
 *                                    │ socket full ──drain──▶ writing
 *                                    └ last event, broken, or the client gone: over
 */
export class StreamPlayer implements WheelEntry {
  deadline = 0;
  cancelled = false;
  private readonly show: Performance;
  private readonly wheel: TimerWheel;
  private readonly lateness: Histogram;
  /** The position in the plan of the event that is next. */
  private index = 0;
  /** Events of the wire that one write is being gathered of, for `together`. */
  private gathered = '';

  constructor(show: Performance, wheel: TimerWheel, lateness: Histogram) {
    this.show = show;
    this.wheel = wheel;
    this.lateness = lateness;
  }

  start(): void {
    this.show.reply.whenOver = () => {
      this.cancelled = true;
    };
    this.deadline = this.dueAt(0);
    if (this.deadline <= this.wheel.now()) this.play(this.wheel.now());
    else this.wheel.add(this);
  }

  run(now: number): void {
    this.lateness.record((now - this.deadline) * 1000);
    this.play(now);
  }

  /** Writes what is due; then waits for the next event, for the socket, or is done. */
  private play(now: number): void {
    const { reply, plan, twist } = this.show;
    const corked = !twist.split && this.index + 1 < plan.events && this.dueAt(this.index + 1) <= now;
    if (corked) reply.socket.cork();
    while (!this.cancelled && this.index < plan.events && this.dueAt(this.index) <= now && !reply.congested) {
      this.perform();
      if (corked && reply.socket.writableLength > CORKED_BYTES) this.letOut();
    }
    if (corked) reply.socket.uncork();
    if (!this.cancelled && this.index < plan.events) this.wait();
  }

  private wait(): void {
    const { socket } = this.show.reply;
    if (this.show.reply.congested) {
      socket.once('drain', () => this.cancelled || this.play(this.wheel.now()));
      return;
    }
    this.deadline = this.dueAt(this.index);
    this.wheel.add(this);
  }

  private letOut(): void {
    this.show.reply.socket.uncork();
    this.show.reply.socket.cork();
  }

  private dueAt(index: number): number {
    const { startedAt, twist, plan } = this.show;
    return twist.together ? startedAt + offsetOf(plan, 0) : startedAt + (twist.firstDelayMs ?? 0) + offsetOf(plan, index);
  }

  private perform(): void {
    const { reply, plan, twist, completionTokens, writer } = this.show;
    if (twist.breakAfter && this.index >= twist.breakAfter.events) return this.breakOff();
    const index = this.index++;
    if (index < plan.events - 1) return this.emit(this.eventAt(index), index);
    const usage = writer.usage(completionTokens);
    if (usage !== '') this.emit(usage, index);
    if (!twist.omitDone) {
      reply.doneMarkers += 1;
      this.emit(writer.done(completionTokens), plan.events);
    }
    this.write(this.gathered, false);
    reply.end(twist.omitDone ? 'faulted' : 'completed');
  }

  private eventAt(index: number): string {
    const { plan, writer, completionTokens } = this.show;
    if (index === 0) return writer.opening();
    return index <= plan.events - FRAME_EVENTS ? writer.content(this.pieceAt(index - 1)) : writer.closing(completionTokens);
  }

  /** `~12@84211003377~word `: characters that no converter has a reason to touch. */
  private pieceAt(index: number): string {
    const piece = this.show.plan.piece(index);
    return this.show.marks ? `~${index}@${process.hrtime.bigint()}~${piece}` : piece;
  }

  /** How many events the text of one place in the plan is. */
  private countAt(index: number): number {
    const { plan, writer } = this.show;
    if (index === 0) return writer.openingEvents;
    return index === plan.events - FRAME_EVENTS + 1 ? writer.closingEvents : 1;
  }

  private emit(event: string, index: number): void {
    const { reply, twist } = this.show;
    const text = twist.rewrite ? twist.rewrite(event, index) : event;
    reply.events += this.countAt(index);
    if (twist.together) this.gathered += reply.frame(text);
    else this.write(reply.frame(text), true);
  }

  private write(framed: string, splittable: boolean): void {
    if (framed === '') return;
    const { reply, twist } = this.show;
    const pieces = splittable && twist.split ? twist.split(framed) : [framed];
    for (const piece of pieces) reply.socket.write(piece, 'latin1');
  }

  private breakOff(): void {
    const { reply, twist } = this.show;
    this.cancelled = true;
    switch (twist.breakAfter?.how) {
      case 'fin':
        return reply.cut(false);
      case 'rst':
        // A reset makes the other side throw away what it has not read: the events before it get time to be read.
        setTimeout(() => reply.cut(true), RESET_DELAY_MS);
        return;
      case 'half-event':
        return this.cutInsideEvent();
      case 'silent-end':
        return reply.end('faulted');
      case 'error-event':
        reply.events += 1;
        reply.write(reply.dialect.errorEvent);
        return reply.end('faulted');
      default:
      // A stall: nothing more comes, and the request ends when the client leaves.
    }
  }

  private cutInsideEvent(): void {
    const { reply } = this.show;
    const framed = reply.frame(this.eventAt(this.index));
    reply.socket.write(framed.slice(0, framed.length / 2), 'latin1');
    reply.cut(false);
  }
}
