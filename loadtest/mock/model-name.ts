import { FAULT_NAMES, type Fault, parseFault } from './faults.js';

/** How a stream is spread over time. */
export type Pace =
  | { kind: 'model' }
  | { kind: 'instant' }
  | { kind: 'round' }
  | { kind: 'paced'; events: number; gapMs: number }
  | { kind: 'size'; bytes: number };

/** What a model name asks for. */
export interface Behaviour {
  pace: Pace;
  fault?: Fault;
  /** Whether each event carries sequence number and time, as a member of its own. */
  stamps: boolean;
  /** Whether each piece of text carries them, so that they outlive a conversion into another API. */
  marks: boolean;
}

const MOST_EVENTS = 1_000_000;
const MOST_BYTES = 64 * 1024 * 1024;
const SUFFIXES = /(?:\+(?:stamps|marks))*$/;

/**
 * Reads a model name. Names of the mock's own begin with `mock-` or `fault-`; any other (`gpt-4o`) does what `profile` names.
 * Undefined: a name that begins like the mock's own but means nothing, which must not pass for a healthy model.
 */
export function parseModelName(model: string, profile = 'mock-model'): Behaviour | undefined {
  const suffixes = SUFFIXES.exec(model)?.[0] ?? '';
  const name = model.slice(0, model.length - suffixes.length);
  const [stamps, marks] = [suffixes.includes('+stamps'), suffixes.includes('+marks')];
  if (name.startsWith('fault-')) {
    const fault = parseFault(name.slice('fault-'.length));
    return fault && { pace: { kind: 'model' }, fault, stamps, marks };
  }
  const pace = parsePace(name.startsWith('mock-') ? name : ownName(profile));
  return pace && { pace, stamps: stamps || pace.kind === 'round', marks };
}

/** The answer to a name that means nothing. */
export function unknownModelText(model: string): string {
  return `The mock has no model '${model.slice(0, 100)}'. Faults: ${FAULT_NAMES.map((name) => `fault-${name}`).join(', ')}`;
}

function ownName(profile: string): string {
  return profile.startsWith('mock-') ? profile : `mock-${profile}`;
}

function parsePace(name: string): Pace | undefined {
  if (name === 'mock-model') return { kind: 'model' };
  if (name === 'mock-instant') return { kind: 'instant' };
  if (name === 'mock-round') return { kind: 'round' };
  const paced = /^mock-paced-(\d+)x(\d+)$/.exec(name);
  if (paced) return { kind: 'paced', events: Math.min(MOST_EVENTS, Math.max(4, Number(paced[1]))), gapMs: Number(paced[2]) };
  const size = /^mock-size-(\d+)$/.exec(name);
  return size ? { kind: 'size', bytes: Math.min(MOST_BYTES, Number(size[1])) } : undefined;
}
