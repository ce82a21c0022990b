/** Content blocks, as parts. */
import { type Fields, invalid, isText, unsupported } from '../middle/fields.js';
import { unseal } from '../middle/proof.js';
import type { Part, TextPart, ToolResultPart } from '../middle/request.js';
import { readDocument, readImage } from './read-files.js';
import { noteRest } from './read-rest.js';
import { readCache, readText, textPart } from './read-text.js';

type Read = (block: Fields, lost: string[]) => readonly Part[];

const BLOCKS: Readonly<Record<string, Read>> = {
  text: (block) => readText(block),
  image: (block) => [readImage(block)],
  document: (block, lost) => readDocument(block, lost),
  search_result: (block, lost) => readSearchResult(block, lost),
  tool_use: (block) => [readToolCall(block)],
  tool_result: (block, lost) => [readToolResult(block, lost)],
  thinking: (block) => readThinking(block),
  redacted_thinking: (block) => readRedactedThinking(block),
};

/** What Anthropic's own tools did in an earlier turn: it means nothing to another model. */
const SERVER_BLOCK = /^(?:server_tool_use|mcp_tool_use|[a-z_]+_tool_result)$/;

/** `content` or `system`: a text, or a list of blocks. */
export function readParts(owner: Fields, name: string, lost: string[]): Part[] {
  const value = owner.any(name);
  if (value === undefined) {
    if (name === 'content') throw invalid(owner.at(name), 'is missing');
    return [];
  }
  if (isText(value)) return textPart(value, owner.at(name));
  return owner.inners(name).flatMap((block) => readBlock(block, lost));
}

function readBlock(block: Fields, lost: string[]): readonly Part[] {
  const type = block.required(block.text('type'), 'type');
  const read = Object.hasOwn(BLOCKS, type) ? BLOCKS[type] : undefined;
  if (!read) {
    if (!SERVER_BLOCK.test(type)) throw unsupported(block.at('type'), 'names a kind of content that only Anthropic takes');
    lost.push(block.path);
    return [];
  }
  const parts = read(block, lost);
  noteRest(block, lost);
  return parts;
}

/** Title, source and words: what a model reads of it; that it may be cited is lost. */
function readSearchResult(block: Fields, lost: string[]): TextPart[] {
  const head = [block.text('title'), block.text('source')].filter((line) => line);
  const parts = readParts(block, 'content', lost);
  const words = parts.map((part) => (part.kind === 'text' ? part.text : ''));
  return textPart([...head, '', ...words].join('\n').trim(), block.path, readCache(block));
}

function readToolCall(block: Fields): Part {
  const caller = block.inner('caller');
  // `direct`: the model itself, as everywhere else.
  if (caller && caller.text('type') !== 'direct')
    throw unsupported(block.at('caller'), 'was made by a tool that only Anthropic runs');
  return {
    kind: 'tool-call',
    at: block.path,
    id: block.required(block.text('id'), 'id'),
    name: block.required(block.text('name'), 'name'),
    input: JSON.stringify(block.object('input') ?? {}),
    ...readCache(block),
  };
}

/** `content`: absent, a text, or blocks; all of them become parts (edge case 9). */
function readToolResult(block: Fields, lost: string[]): ToolResultPart {
  const parts = block.has('content') ? readParts(block, 'content', lost) : [];
  return {
    kind: 'tool-result',
    at: block.path,
    id: block.required(block.text('tool_use_id'), 'tool_use_id'),
    ...(block.flag('is_error') && { isError: true }),
    ...readCache(block),
    parts: parts.map((part) => {
      if (part.kind === 'text' || part.kind === 'image' || part.kind === 'document') return part;
      throw invalid(part.at, 'does not belong into the result of a tool');
    }),
  };
}

/** An empty signature is none: a model that does not sign (edge case 42). */
function readThinking(block: Fields): Part[] {
  const text = block.required(block.text('thinking'), 'thinking');
  const signature = block.text('signature') ?? '';
  const sealed = unseal(signature);
  const proof = sealed ? sealed.proof : signature || undefined;
  if (text === '' && proof === undefined) return [];
  return [
    {
      kind: 'thinking',
      at: block.path,
      text,
      maker: sealed?.maker ?? 'anthropic',
      ...(proof !== undefined && { proof }),
      ...(sealed?.id !== undefined && { id: sealed.id }),
    },
  ];
}

function readRedactedThinking(block: Fields): Part[] {
  const data = block.required(block.text('data'), 'data');
  const sealed = unseal(data);
  if (!sealed) return [{ kind: 'redacted-thinking', at: block.path, maker: 'anthropic', proof: data }];
  if (sealed.proof === undefined) return [];
  const { maker, proof, id } = sealed;
  return [{ kind: 'redacted-thinking', at: block.path, maker, proof, ...(id !== undefined && { id }) }];
}
