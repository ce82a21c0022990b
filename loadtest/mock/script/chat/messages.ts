/** The messages of a chat request: every tool message answers a call, every call is answered before the talk goes on. */
import { THOUGHT } from '../compose.js';
import { mediaOf, mediaOfDataUrl, type Seen, type SeenResult } from '../seen.js';
import type { Shape } from '../shape.js';

const ROLES = ['developer', 'system', 'user', 'assistant', 'tool'] as const;
/** Longer ids are refused: "Expected a string with maximum length 40". */
const CALL_ID = /^.{1,40}$/s;

export interface LastTurn {
  lastText: string;
  results: SeenResult[];
}

/** @throws RequestFault for the first message that breaks a rule. */
export function readConversation(top: Shape, seen: Seen): LastTurn {
  const messages = top.inners('messages') ?? top.fail('messages', 'is missing');
  if (messages.length === 0) top.fail('messages', 'empty array. Expected an array with minimum length 1');
  const reader = new Conversation(seen);
  for (const message of messages) reader.read(message);
  reader.mustBeAnswered(messages.at(-1) as Shape);
  return { lastText: reader.lastText, results: reader.results };
}

class Conversation {
  lastText = '';
  results: SeenResult[] = [];
  private readonly seen: Seen;
  private readonly open = new Map<string, { name: string; input: string }>();

  constructor(seen: Seen) {
    this.seen = seen;
  }

  read(message: Shape): void {
    const role = message.oneOf('role', ROLES) ?? message.fail('role', 'is missing');
    if (role === 'tool') return this.readResult(message);
    this.mustBeAnswered(message);
    if (role === 'assistant') return this.readAssistant(message);
    message.only(['role', 'content', 'name']);
    if (role === 'user') this.readUser(message);
    else this.seen.system.push(...textsOf(message, ['text'], this.seen));
  }

  mustBeAnswered(message: Shape): void {
    if (this.open.size === 0) return;
    const ids = [...this.open.keys()].join(', ');
    message.fail(
      'role',
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following did not have response messages: ${ids}`,
    );
  }

  private readUser(message: Shape): void {
    const before = this.seen.images.length;
    const texts = textsOf(message, ['text', 'image_url', 'input_audio', 'file'], this.seen);
    this.seen.userTexts.push(...texts);
    this.lastText = texts.join('\n');
    // A user message right behind tool messages may carry what they could not (pictures): it belongs to the last of them.
    const result = this.results.at(-1);
    if (this.lastText.includes('[[')) this.results = [];
    else if (result) result.images += this.seen.images.length - before;
  }

  private readAssistant(message: Shape): void {
    message.only(['role', 'content', 'refusal', 'name', 'audio', 'tool_calls', 'reasoning_content']);
    const calls = message.inners('tool_calls');
    if (calls?.length === 0) message.fail('tool_calls', 'empty array. Expected an array with minimum length 1');
    const bare = !message.has('content');
    if (bare && !calls && !message.has('refusal')) message.fail('content', 'expected a string, got null');
    const thought = message.text('reasoning_content');
    if (thought !== undefined && thought !== THOUGHT) message.fail('reasoning_content', 'is not what this model thought');
    if (thought !== undefined) this.seen.thoughts += 1;
    if (!bare) this.seen.assistantTexts.push(...textsOf(message, ['text', 'refusal'], this.seen).filter((text) => text !== ''));
    this.results = [];
    for (const call of calls ?? []) this.readCall(call);
  }

  private readCall(call: Shape): void {
    const type = call.oneOf('type', ['function', 'custom']) ?? call.fail('type', 'is missing');
    call.only(['id', 'type', type, 'index']);
    const id = call.matching('id', CALL_ID);
    if (this.open.has(id)) call.fail('id', 'tool call ids must be unique');
    const inner = call.mustInner(type);
    const name = inner.matching('name', /^[a-zA-Z0-9_-]{1,64}$/);
    const input = inner.mustText(type === 'function' ? 'arguments' : 'input');
    this.open.set(id, { name, input });
    this.seen.calls.push(`${name}(${input})`);
  }

  private readResult(message: Shape): void {
    message.only(['role', 'content', 'tool_call_id']);
    const id = message.mustText('tool_call_id');
    const call = this.open.get(id) ?? message.fail('tool_call_id', `'${id}' not found in 'tool_calls' of previous message`);
    this.open.delete(id);
    const text = textsOf(message, ['text'], this.seen).join('\n');
    this.results.push({ ...call, text, images: 0, isError: false });
    this.lastText = '';
  }
}

/** Text of a message's content; pictures and files are noted. */
function textsOf(message: Shape, kinds: readonly string[], seen: Seen): string[] {
  if (typeof message.value['content'] === 'string') return [message.mustText('content')];
  const parts = message.inners('content') ?? message.fail('content', 'is missing');
  if (parts.length === 0) message.fail('content', 'empty array. Expected an array with minimum length 1');
  return parts.flatMap((part) => readPart(part, kinds, seen));
}

function readPart(part: Shape, kinds: readonly string[], seen: Seen): string[] {
  const type = part.oneOf('type', kinds) ?? part.fail('type', 'is missing');
  part.only(['type', type]);
  switch (type) {
    case 'text':
      return [part.mustText('text')];
    case 'refusal':
      return [part.mustText('refusal')];
    case 'image_url':
      readImage(part.mustInner('image_url'), seen);
      return [];
    case 'file':
      readFile(part.mustInner('file'), seen);
      return [];
    default:
      seen.others['audio'] = part.mustInner('input_audio').mustText('format');
      return [];
  }
}

function readImage(image: Shape, seen: Seen): void {
  image.only(['url', 'detail']);
  const url = image.mustText('url');
  if (/^https?:\/\/./.test(url)) seen.images.push({ url });
  else seen.images.push(mediaOfDataUrl(url) ?? image.fail('url', 'expected a valid URL or a base64 data URL'));
}

function readFile(file: Shape, seen: Seen): void {
  file.only(['file_data', 'file_id', 'filename']);
  const name = file.text('filename');
  const data = file.mustText('file_data');
  const media = mediaOfDataUrl(data) ?? mediaOf(data, 'application/pdf') ?? file.fail('file_data', 'is not valid base64');
  if (name === undefined) file.fail('filename', 'is missing');
  seen.documents.push({ ...media, name });
}
