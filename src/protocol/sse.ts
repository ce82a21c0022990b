/**
 * Server-sent events as latin1 text (one character a byte), cut at event borders only.
 * An end of line is LF, CR or CRLF; an event ends with an empty line (WHATWG HTML §9.2.5).
 */

const LF = 0x0a;
const CR = 0x0d;

/** An event longer than this is passed on in pieces rather than held; larger ones exist (images), and memory per stream is bounded. */
const MOST_HELD = 1024 * 1024;

/** Bytes of a stream in, whole events out. */
export interface EventSource {
  /** The events that may go out now; '' while there is none. */
  push(text: string): string;
  /** The stream has ended by itself: what is left. */
  flush(): string;
  /** Bytes held now. */
  readonly held: number;
  /** Whether what has gone out so far ends between two events. */
  readonly betweenEvents: boolean;
}

/** Position behind the last empty line in `text`, 0 where there is none. */
export function lastEventBorder(text: string): number {
  for (let at = text.length - 1; at > 0; at--) {
    const code = text.charCodeAt(at);
    if (code !== LF && code !== CR) continue;
    const before = text.charCodeAt(at - 1);
    // CRLF is one end of line: the one before it decides.
    if (code === LF && before === CR) {
      const further = text.charCodeAt(at - 2);
      if (at > 1 && (further === LF || further === CR)) return at + 1;
    } else if (before === LF || before === CR) return at + 1;
  }
  return 0;
}

/** Whether an empty line is the last of it, written the way that nearly every upstream does. */
function endsEvent(text: string): boolean {
  return text.charCodeAt(text.length - 1) === LF && text.charCodeAt(text.length - 2) === LF;
}

/**
 * Lets only whole events through and holds the rest until it is complete, so that a comment or an error can be put
 * between events and a cut upstream never leaves half an event with the client. One per stream.
 */
export class EventAligner implements EventSource {
  #held: string[] = [];
  #heldLength = 0;
  /** The last three characters held: a border may straddle two pieces. */
  #tail = '';
  /** An event larger than the bound has gone out in part. */
  #insideLargeEvent = false;
  /** What went out ends in CR: an LF that follows belongs to that end of line. */
  #endedInReturn = false;

  /** The bytes that may go out now; '' while an event is incomplete. */
  push(text: string): string {
    if (this.#tail === '' && endsEvent(text)) return this.#passWhole(text);
    const border = this.#border(text);
    if (border === 0) return this.#hold(text);
    this.#insideLargeEvent = false;
    this.#endedInReturn = text.charCodeAt(border - 1) === CR;
    const whole = this.#take() + (border === text.length ? text : text.slice(0, border));
    if (border < text.length) this.#hold(text.slice(border));
    return whole;
  }

  /** What is held, as the last bytes of a stream that ended by itself without an empty line. */
  flush(): string {
    return this.#take();
  }

  /** Bytes held now. */
  get held(): number {
    return this.#heldLength;
  }

  /** Whether what has gone out so far ends between two events. */
  get betweenEvents(): boolean {
    return !this.#insideLargeEvent;
  }

  /** The hot path: nothing is held and nothing has to be. */
  #passWhole(text: string): string {
    this.#insideLargeEvent = false;
    this.#endedInReturn = false;
    return text;
  }

  #border(text: string): number {
    if (this.#endedInReturn && this.#heldLength === 0 && text.charCodeAt(0) === LF) return Math.max(1, lastEventBorder(text));
    if (this.#tail === '') return lastEventBorder(text);
    const border = lastEventBorder(this.#tail + text) - this.#tail.length;
    return border > 0 ? border : 0;
  }

  #hold(text: string): string {
    this.#endedInReturn = false;
    this.#held.push(text);
    this.#heldLength += text.length;
    this.#tail = (this.#tail + text.slice(-3)).slice(-3);
    if (this.#heldLength <= MOST_HELD) return '';
    const tail = this.#tail;
    const part = this.#take();
    this.#tail = tail;
    this.#insideLargeEvent = true;
    return part;
  }

  #take(): string {
    const whole = this.#held.length === 1 ? (this.#held[0] ?? '') : this.#held.join('');
    this.#held = [];
    this.#heldLength = 0;
    this.#tail = '';
    return whole;
  }
}

/**
 * Whether the last bytes of a stream that ended without an empty line are a whole event all the same: `[DONE]` or
 * complete JSON. The standard drops such an event, LLM clients do not, and half of one breaks them.
 */
export function isWholeEvent(text: string): boolean {
  return eventData(text).every(isWholeData);
}

/** Of one event. */
export function isWholeData(data: string): boolean {
  return data.trim() === '[DONE]' || isJson(data);
}

function isJson(data: string): boolean {
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}

/** The `data` of each whole event in `text`, lines joined by LF; events without data are left out. */
export function eventData(text: string): string[] {
  const found: string[] = [];
  let data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (data.length > 0) found.push(data.join('\n'));
      data = [];
    } else if (line === 'data') data.push('');
    else if (line.startsWith('data:')) data.push(line.charCodeAt(5) === 0x20 ? line.slice(6) : line.slice(5));
  }
  if (data.length > 0) found.push(data.join('\n'));
  return found;
}
