/** What the scripted model answers, before any API's form. */

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'refusal'; text: string }
  | { kind: 'thinking'; text: string }
  | { kind: 'redacted' }
  /** `input`: JSON text, '' for none; free text of a custom tool. `whole`: in one piece and not in several. */
  | { kind: 'tool'; name: string; input: string; whole: boolean; custom?: boolean };

export type Stop = 'end' | 'stop-sequence' | 'length' | 'tools' | 'refusal';

/** Tokens: `input` with what was cached, `output` with reasoning. */
export interface ScriptUsage {
  input: number;
  cached: number;
  written: number;
  output: number;
  reasoning: number;
}

/** `mid-stream`: after some words; `overloaded`: a 200 whose first event is the error. */
export type Failure = 'mid-stream' | 'overloaded';

export interface ScriptedAnswer {
  blocks: Block[];
  stop: Stop;
  stopSequence?: string;
  usage: ScriptUsage;
  /** Tool calls come a piece each in turn, where the API can. */
  interleaved: boolean;
  failure?: Failure;
  /** Every write ends inside a character. */
  splitBytes: boolean;
}

/** What is fixed of one answer. */
export interface AnswerHead {
  /** Unique: ids are made of it. */
  id: string;
  created: number;
  model: string;
}

/** One event of a stream, or a pause before the next. */
export type StreamStep = { event: string } | { pauseMs: number };

/** How an API writes answers. */
export interface ScriptWriter {
  whole(answer: ScriptedAnswer, head: AnswerHead, request: { encrypted: boolean }): object;
  stream(answer: ScriptedAnswer, head: AnswerHead, request: { includeUsage: boolean; encrypted: boolean }): StreamStep[];
}

/** Text in the pieces in which a model says it: a word or so each. */
export function piecesOf(text: string): string[] {
  return text.split(/(?<= )/).filter((piece) => piece !== '');
}

/** A call's arguments in the pieces in which they come. */
export function inputPieces({ input, whole }: { input: string; whole: boolean }): string[] {
  if (whole || input.length < 4) return input === '' ? [] : [input];
  const third = Math.ceil(input.length / 3);
  return [input.slice(0, third), input.slice(third, 2 * third), input.slice(2 * third)].filter((piece) => piece !== '');
}

/** Long enough that what came before is read, and sent on, before the error is. */
export const FAILURE_PAUSE_MS = 60;

/** The first of each, then the second of each, and so on. */
export function interleave<Step>(lists: readonly (readonly Step[])[]): Step[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}
