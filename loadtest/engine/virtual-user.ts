import type { RequestForm } from '../result.js';
import { type Random, seededRandom } from './random.js';
import { bodyOf, headersOf, STREAMED_CHAT, type Turn } from './request-form.js';
import type { UserRow } from './user-row.js';

/** What all users of a run have in common. */
export interface UserPlan {
  model: string;
  /** Keys that users present in turn: user n takes the n-th, modulo their number. */
  keys: readonly string[];
  /** Think time from..to, milliseconds. */
  thinkMs: readonly [number, number];
  seed: number;
  /** Absent: streamed chat. */
  request?: RequestForm;
}

/** Turns after which a conversation ends and the user comes back as a new session; also keeps bodies far below 16 KB. */
const TURNS_PER_SESSION = 8;
const SYSTEM = 'You are a careful assistant.';
const QUESTION = 'Please go on, and say in a few plain sentences what follows from that for the plan we made.';
const ANSWER = 'That means the plan holds: measure first, change one thing, measure again, and keep what helped.';

/** One simulated person: a session of several turns, a key, a pace; a row of a users' file where there is one. Deterministic by seed and number. */
export class VirtualUser {
  readonly #plan: UserPlan;
  readonly #form: RequestForm;
  readonly #number: number;
  readonly #row: UserRow | undefined;
  readonly #random: Random;
  #turn = 0;
  #session = 0;

  constructor(plan: UserPlan, number: number, row?: UserRow) {
    this.#plan = plan;
    this.#form = plan.request ?? STREAMED_CHAT;
    this.#number = number;
    this.#row = row;
    this.#random = seededRandom(plan.seed * 1_000_003 + number);
  }

  /** Headers and body of the next request of this user. */
  nextRequest(): { headers: Record<string, string>; body: string } {
    if (this.#turn === TURNS_PER_SESSION) this.#newSession();
    const model = this.#row?.model ?? this.#plan.model;
    const body = bodyOf(this.#form, {
      model,
      session: this.#sessionName,
      system: this.#row?.system ?? SYSTEM,
      turns: this.#turns(),
    });
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
    const { keys } = this.#plan;
    const key = this.#row?.key ?? keys[this.#number % keys.length];
    return { ...headersOf(this.#form, key), 'x-session-id': this.#sessionName };
  }

  get #sessionName(): string {
    return this.#row?.session ?? `load-${this.#plan.seed}-${this.#number}-${this.#session}`;
  }

  #turns(): Turn[] {
    const turns: Turn[] = [{ role: 'user', content: this.#row?.prompt ?? `I am user ${this.#number}. ${QUESTION}` }];
    for (let turn = 0; turn < this.#turn; turn++)
      turns.push({ role: 'assistant', content: ANSWER }, { role: 'user', content: QUESTION });
    return turns;
  }
}
