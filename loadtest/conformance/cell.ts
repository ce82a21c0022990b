/** One client, one upstream, one feature, one mode: what a feature asks through and looks at. */
import type { Quoted } from '../mock/script/compose.js';
import type { Seen } from '../mock/script/seen.js';
import { AskFailed, type ConformanceClient } from './clients/client.js';
import { CellFailure } from './expect.js';
import type { Family, ModelFacts } from './families.js';
import type { Ask, ClientKind, Got, Mode, Protocol, Refusal, Step } from './words.js';

/** Where requests go. */
export interface Target {
  readonly origin: string;
  readonly key: string;
  /** What a model is called there. */
  modelOf(family: Family, upstream: Protocol): string;
  readonly embedModel: string;
  /** Headers by which the target is told the upstream, where the model does not say it. */
  headersFor?(upstream: Protocol): Record<string, string>;
  /** Whether it is this project's gateway, whose own headers may be looked at. */
  readonly own: boolean;
}

/** The way to a target, its own headers added. */
export function fetchFor(target: Target, upstream: Protocol): typeof fetch {
  const more = target.headersFor?.(upstream);
  if (more === undefined) return fetch;
  return (input, init) => {
    const headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    return fetch(input, { ...init, headers });
  };
}

/** The last answer of the cell, as it came off the wire. */
export interface Seal {
  status: number;
  headers: Headers;
}

/** Where a cell is in the matrix. */
export interface CellPlace {
  kind: ClientKind;
  upstream: Protocol;
  family: Family;
  mode: Mode;
}

export class Cell {
  readonly family: Family;
  readonly kind: ClientKind;
  readonly upstream: Protocol;
  readonly mode: Mode;
  readonly target: Target;
  readonly client: ConformanceClient;
  private readonly seals: readonly Seal[];

  constructor(place: CellPlace, target: Target, client: ConformanceClient, seals: Seal[]) {
    this.family = place.family;
    this.kind = place.kind;
    this.upstream = place.upstream;
    this.mode = place.mode;
    this.target = target;
    this.client = client;
    this.seals = seals;
  }

  get model(): string {
    return this.target.modelOf(this.family, this.upstream);
  }

  get facts(): ModelFacts {
    return this.family.models[this.upstream];
  }

  /** How the client asks for thoughts here. */
  get reasoning(): true | 'adaptive' {
    return this.reasoningAt(this.upstream);
  }

  reasoningAt(upstream: Protocol): true | 'adaptive' {
    return this.kind.protocol === upstream && this.family.models[upstream].adaptive ? 'adaptive' : true;
  }

  /** Client and upstream speak the same: bytes pass untouched. */
  get same(): boolean {
    return this.kind.protocol === this.upstream;
  }

  /** Names in `x-gateway-dropped` of the last answer; undefined for another's gateway. */
  get dropped(): string[] | undefined {
    if (!this.target.own) return undefined;
    const header = this.seals.at(-1)?.headers.get('x-gateway-dropped');
    return (header ?? '').split(',').filter((name) => name !== '');
  }

  /** Of the last answer. */
  header(name: string): string | null {
    return this.seals.at(-1)?.headers.get(name) ?? null;
  }

  ask(what: string | readonly Step[], more: Partial<Ask> = {}): Promise<Got> {
    const conversation: readonly Step[] = typeof what === 'string' ? [{ says: 'user', text: what }] : what;
    return this.client.ask({ model: this.model, mode: this.mode, conversation, ...more });
  }

  /** What of a request reached the upstream. */
  async echo(more: Partial<Ask> = {}, step: Partial<Extract<Step, { says: 'user' }>> = {}): Promise<Seen> {
    const { text } = await this.ask([{ says: 'user', text: '[[echo]]', ...step }], more);
    return parse(text) as Seen;
  }

  /** Asks where tool results come last: what the model quotes of them. */
  async quoted(conversation: readonly Step[], more: Partial<Ask> = {}): Promise<[quoted: Quoted, answer: Got]> {
    const answer = await this.ask(conversation, more);
    return [parse(answer.text) as Quoted, answer];
  }

  /** @throws CellFailure when it is answered after all. */
  async refusal(what: string, more: Partial<Ask> = {}): Promise<Refusal> {
    try {
      await this.ask(what, more);
    } catch (error) {
      if (error instanceof AskFailed) return error.refusal;
      throw error;
    }
    throw new CellFailure('was answered where an error was due');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CellFailure(`the model's JSON did not arrive: ${text.slice(0, 80)}`);
  }
}
