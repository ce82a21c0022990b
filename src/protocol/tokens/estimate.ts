/**
 * How many tokens a request's input may be, where the upstream does not say. The door to tokenx: linear in the length of any
 * text (a real tokenizer took two minutes for 200,000 times the letter a, 2026-11-21) and within a few per cent on prose and code.
 */
import { estimateTokenCount } from 'tokenx';
import { GatewayError } from '../../errors.js';
import { parseObject } from '../json-object.js';
import type { Dialect } from '../middle/dialect.js';
import type { MiddleRequest, Part } from '../middle/request.js';

/** What a turn's role and borders cost (OpenAI cookbook, "How to count tokens": 3 a message, 3 for the answer's start). */
const TURN = 3;
/** A picture of about a megapixel (docs.anthropic.com, "Vision": width × height / 750). */
const IMAGE = 1_500;
/** A page of a PDF, and how many bytes of it one is taken for. */
const PAGE = 2_000;
const PAGE_BYTES = 100_000;

/** `body`: a request in that dialect, as text. @throws GatewayError 400 for what is none. */
export function estimateTokens(dialect: Dialect, body: string): number {
  const parsed = parseObject(body);
  if (!parsed) throw new GatewayError('invalid_json', 'The request body is not a valid JSON object.');
  return tokensOf(dialect.readRequest(parsed, String(parsed.model)));
}

function tokensOf({ system, turns, tools }: MiddleRequest): number {
  const instructions = sum(system, ({ text }) => estimateTokenCount(text));
  const talk = sum(turns, ({ parts }) => TURN + sum(parts, tokensOfPart));
  return (
    TURN +
    instructions +
    talk +
    sum(tools, (tool) => estimateTokenCount(JSON.stringify([tool.name, tool.description, tool.schema])))
  );
}

function tokensOfPart(part: Part): number {
  switch (part.kind) {
    case 'text':
    case 'thinking':
    case 'refusal':
      return estimateTokenCount(part.text);
    case 'tool-call':
      return TURN + estimateTokenCount(part.name) + estimateTokenCount(part.input);
    case 'tool-result':
      return TURN + sum(part.parts, tokensOfPart);
    case 'image':
      return IMAGE;
    case 'document':
      return part.source.by === 'text'
        ? estimateTokenCount(part.source.text)
        : pages(part.source.by === 'data' ? part.source.base64 : '');
    default:
      return 0;
  }
}

function pages(base64: string): number {
  return PAGE * Math.max(1, Math.ceil((base64.length * 0.75) / PAGE_BYTES));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
