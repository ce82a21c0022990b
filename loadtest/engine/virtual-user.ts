import { type Random, seededRandom } from './random.js';

/** What all users of a run have in common. */
export interface UserPlan {
  model: string;
  /** Keys that users present in turn: user n takes the n-th, modulo their number. */
  keys: readonly string[];
  /** Think time from..to, milliseconds. */
  thinkMs: readonly [number, number];
  seed: number;
}

/** Turns after which a conversation ends and the user comes back as a new session; also keeps bodies far below 16 KB. */
const TURNS_PER_SESSION = 8;
const QUESTION = 'Please go on, and say in a few plain sentences what follows from that for the plan we made.';
const ANSWER = 'That means the plan holds: measure first, change one thing, measure again, and keep what helped.';

/** One simulated person: a session of several turns, a key, a pace. Deterministic by seed and number. */
export class VirtualUser {
  readonly #plan: UserPlan;
  readonly #number: number;
  readonly #random: Random;
  #turn = 0;
  #session = 0;

  constructor(plan: UserPlan, number: number) {
    this.#plan = plan;
    this.#number = number;
    this.#random = seededRandom(plan.seed * 1_000_003 + number);
  }

  /** Headers and body of the next request of this user. */
  nextRequest(): { headers: Record<string, string>; body: string } {
    if (this.#turn === TURNS_PER_SESSION) this.#newSession();
    const body = JSON.stringify({ model: this.#plan.model, stream: true, messages: this.#messages() });
    this.#turn++;
    return { headers: this.#headers(), body };
  }

  /** Milliseconds until this user's next request. */
  nextThink(): number {
    const [from, to] = this.#plan.thinkMs;
    return from + this.#random() * (to - from);
  }

  #newSession(): void {
    this.#turn = 0;
    this.#session++;
  }

  #headers(): Record<string, string> {
    const key = this.#plan.keys[this.#number % this.#plan.keys.length];
    return {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'x-session-id': `load-${this.#plan.seed}-${this.#number}-${this.#session}`,
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    };
  }

  #messages(): { role: string; content: string }[] {
    const messages = [
      { role: 'system', content: 'You are a careful assistant.' },
      { role: 'user', content: `I am user ${this.#number}. ${QUESTION}` },
    ];
    for (let turn = 0; turn < this.#turn; turn++)
      messages.push({ role: 'assistant', content: ANSWER }, { role: 'user', content: QUESTION });
    return messages;
  }
}
