/** The input items of a Responses request: ids of the right kind, calls and outputs that match, reasoning that is unforged and not alone. */
import { RequestFault } from '../fault.js';
import { isOurs } from '../proof.js';
import { mediaOfDataUrl, type Seen, type SeenResult } from '../seen.js';
import type { Shape } from '../shape.js';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const CALL_ID = /^.{1,64}$/s;
const USER_PARTS = ['input_text', 'input_image', 'input_file'] as const;

export interface LastTurn {
  lastText: string;
  results: SeenResult[];
}

/** @throws RequestFault for the first item that breaks a rule. */
export function readInput(top: Shape, seen: Seen): LastTurn {
  if (typeof top.value['input'] === 'string') {
    seen.userTexts.push(top.mustText('input'));
    return { lastText: top.mustText('input'), results: [] };
  }
  const items = top.inners('input') ?? top.fail('input', 'is missing');
  if (items.length === 0) top.fail('input', 'is empty');
  const reader = new InputReader(seen);
  for (const item of items) reader.read(item);
  reader.finish();
  return reader.last;
}

class InputReader {
  readonly last: LastTurn = { lastText: '', results: [] };
  private readonly seen: Seen;
  private readonly calls = new Map<string, { name: string; input: string; answered: boolean }>();
  /** A reasoning item that waits for the item it led to. */
  private lonely: Shape | undefined;

  constructor(seen: Seen) {
    this.seen = seen;
  }

  read(item: Shape): void {
    const type = item.text('type') ?? 'message';
    const lonely = this.lonely;
    this.lonely = undefined;
    switch (type) {
      case 'message':
        if (item.value['role'] !== 'assistant') this.mustFollow(lonely);
        return this.readMessage(item);
      case 'reasoning':
        return this.readReasoning(item);
      case 'function_call':
      case 'custom_tool_call':
        return this.readCall(item, type === 'function_call' ? 'arguments' : 'input');
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.mustFollow(lonely);
        return this.readOutput(item);
      default:
        item.fail('type', `Invalid value: '${type}'`);
    }
  }

  finish(): void {
    this.mustFollow(this.lonely);
    for (const [id, { answered }] of this.calls)
      if (!answered) throw new RequestFault('input', `No tool output found for function call ${id}.`);
  }

  private mustFollow(lonely: Shape | undefined): void {
    lonely?.fail('', `Item '${lonely.text('id')}' of type 'reasoning' was provided without its required following item.`);
  }

  private readMessage(item: Shape): void {
    item.only(['type', 'role', 'content', 'id', 'status', 'phase']);
    checkId(item, 'msg');
    const role = item.oneOf('role', ['user', 'assistant', 'system', 'developer']) ?? item.fail('role', 'is missing');
    if (role === 'user') return this.readUser(item);
    if (role === 'assistant') {
      this.seen.assistantTexts.push(...this.readSaid(item));
      this.last.results = [];
    } else this.seen.system.push(...this.readParts(item, 'content'));
  }

  /** Right behind outputs it may carry what they could not (pictures): it belongs to the last of them. */
  private readUser(item: Shape): void {
    const before = this.seen.images.length;
    const texts = this.readParts(item, 'content');
    this.seen.userTexts.push(...texts);
    this.last.lastText = texts.join('\n');
    const result = this.last.results.at(-1);
    if (this.last.lastText.includes('[[')) this.last.results = [];
    else if (result) result.images += this.seen.images.length - before;
  }

  private readSaid(item: Shape): string[] {
    if (typeof item.value['content'] === 'string') return [item.mustText('content')];
    return (item.inners('content') ?? []).map((part) => {
      const type = part.oneOf('type', ['output_text', 'refusal']) ?? part.fail('type', 'is missing');
      return part.mustText(type === 'refusal' ? 'refusal' : 'text');
    });
  }

  /** Content for the model: text, pictures, files. */
  private readParts(item: Shape, name: string): string[] {
    if (typeof item.value[name] === 'string') return [item.mustText(name)];
    const parts = item.inners(name) ?? item.fail(name, 'is missing');
    return parts.flatMap((part) => {
      const type = part.oneOf('type', USER_PARTS) ?? part.fail('type', 'is missing');
      if (type === 'input_text') return [part.mustText('text')];
      if (type === 'input_image') readImage(part, this.seen);
      else readFile(part, this.seen);
      return [];
    });
  }

  private readReasoning(item: Shape): void {
    item.only(['type', 'id', 'summary', 'content', 'encrypted_content', 'status']);
    checkId(item, 'rs');
    if (!item.list('summary')) item.fail('summary', 'is missing');
    const data =
      item.text('encrypted_content') ??
      item.fail('id', `Item with id '${item.text('id')}' not found. Items are not persisted when \`store\` is set to false.`);
    if (!isOurs(data, 'encrypted') && !isOurs(data, 'hidden'))
      item.fail(
        'encrypted_content',
        'The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.',
      );
    this.seen.thoughts += 1;
    this.lonely = item;
  }

  private readCall(item: Shape, inputName: 'arguments' | 'input'): void {
    item.only(['type', 'id', 'call_id', 'name', inputName, 'status', 'namespace']);
    checkId(item, inputName === 'input' ? 'ctc' : 'fc');
    const id = item.matching('call_id', CALL_ID);
    if (this.calls.has(id)) item.fail('call_id', 'is used twice');
    const name = item.matching('name', NAME);
    const input = item.mustText(inputName);
    this.calls.set(id, { name, input, answered: false });
    this.seen.calls.push(`${name}(${input})`);
    Object.assign(this.last, { lastText: '', results: [] });
  }

  private readOutput(item: Shape): void {
    item.only(['type', 'id', 'call_id', 'output', 'status']);
    const id = item.mustText('call_id');
    const call = this.calls.get(id);
    if (!call || call.answered) item.fail('call_id', `No tool call found for function call output with call_id ${id}.`);
    call.answered = true;
    const images = this.seen.images.length;
    const text = this.readParts(item, 'output').join('\n');
    this.last.lastText = '';
    this.last.results.push({
      name: call.name,
      input: call.input,
      text,
      images: this.seen.images.length - images,
      isError: false,
    });
  }
}

function checkId(item: Shape, prefix: string): void {
  const id = item.text('id');
  if (id !== undefined && !id.startsWith(prefix))
    item.fail('id', `Invalid '${item.at('id')}': '${id}'. Expected an ID that begins with '${prefix}'.`);
}

function readImage(part: Shape, seen: Seen): void {
  part.only(['type', 'image_url', 'detail', 'file_id']);
  const url = part.mustText('image_url');
  if (/^https?:\/\/./.test(url)) seen.images.push({ url });
  else seen.images.push(mediaOfDataUrl(url) ?? part.fail('image_url', 'expected a valid URL or a base64 data URL'));
}

function readFile(part: Shape, seen: Seen): void {
  part.only(['type', 'file_data', 'file_url', 'file_id', 'filename', 'detail']);
  const name = part.text('filename');
  const url = part.text('file_url');
  if (url !== undefined) {
    seen.documents.push({ url, ...(name === undefined ? {} : { name }) });
    return;
  }
  const media = mediaOfDataUrl(part.mustText('file_data')) ?? part.fail('file_data', 'expected a base64 data URL');
  if (name === undefined) part.fail('filename', 'is missing');
  seen.documents.push({ ...media, name });
}
