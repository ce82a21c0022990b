/** Where the builder of an answer tells its events: into a stream's text, or nowhere for a whole answer. */

export interface AnswerEvents {
  /** `body`: what the event has beside its type and number. */
  event(type: string, body: Readonly<Record<string, unknown>>): void;
  /** The hot path. `place`: the event's other members as JSON text without braces, the same for every piece of a block. */
  delta(type: string, place: string, piece: string): void;
}

export const NO_EVENTS: AnswerEvents = { event: () => {}, delta: () => {} };

/** Events as text, numbered from 0 without a gap. */
export class EventText implements AnswerEvents {
  #text = '';
  #sequence = 0;

  event(type: string, body: Readonly<Record<string, unknown>>): void {
    const data = JSON.stringify({ type, sequence_number: this.#sequence++, ...body });
    this.#text += `event: ${type}\ndata: ${data}\n\n`;
  }

  delta(type: string, place: string, piece: string): void {
    const head = `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#sequence++},`;
    this.#text += `${head}${place},"delta":${JSON.stringify(piece)}}\n\n`;
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/** Members of an event's place as JSON text. */
export function placeText(place: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(place).slice(1, -1);
}
