/** Instructions and turns as chat `messages`. */
import { invalid, unsupported } from '../middle/fields.js';
import type { Losses } from '../middle/losses.js';
import type { MiddleRequest, Part, ThinkingPart, ToolCallPart, ToolResultPart, Turn } from '../middle/request.js';
import { fitToolId } from '../middle/tool-names.js';
import type { ModelTraits } from './model-traits.js';
import { type ContentPart, textOfDocument, writeContent, writeTexts } from './write-content.js';
import type { WrittenTools } from './write-tools.js';

/** OpenAI's limit here; in Responses it is 64. */
const LONGEST_ID = 40;

type Message = { readonly role: string; readonly [member: string]: unknown };
type Kind = Part['kind'];

/** @throws GatewayError 400 for what a chat message cannot hold. */
export function writeMessages(request: MiddleRequest, tools: WrittenTools, traits: ModelTraits, losses: Losses): Message[] {
  refusePrefill(request);
  const writer = new MessagesWriter(tools, traits, losses);
  writer.instruct(request);
  for (const turn of request.turns) writer.write(turn);
  if (writer.messages.length === 0) throw invalid(request.fields.turns ?? 'messages', 'has no message that says anything');
  return writer.messages;
}

/** A model asked in chat begins its answer anew: words put into its mouth would be said twice (edge case 17). */
function refusePrefill({ from, turns }: MiddleRequest): void {
  const last = turns.at(-1);
  const [first] = last?.parts ?? [];
  if (from === 'messages' && last?.role === 'assistant' && first)
    throw unsupported(first.at, 'begins the answer itself (a prefill), which this model cannot go on with');
}

class MessagesWriter {
  readonly messages: Message[] = [];
  readonly #tools: WrittenTools;
  readonly #traits: ModelTraits;
  readonly #losses: Losses;

  constructor(tools: WrittenTools, traits: ModelTraits, losses: Losses) {
    this.#tools = tools;
    this.#traits = traits;
    this.#losses = losses;
  }

  /** One message, and `system` for all: OpenAI reads it as `developer` where it must, and no other server knows that role. */
  instruct({ system }: MiddleRequest): void {
    for (const { cache, at } of system) if (cache) this.#losses.drop(`${at}.cache_control`);
    if (system.length > 0) this.messages.push({ role: 'system', content: writeTexts(system) });
  }

  write({ role, parts }: Turn): void {
    if (role === 'user') this.#user(parts);
    else this.#assistant(parts);
  }

  /** The results first, each a message, then what the user says beside them (edge case 8). */
  #user(parts: readonly Part[]): void {
    const results = pick(parts, 'tool-result');
    for (const result of results) this.messages.push(this.#result(result));
    const shown = results.flatMap((result) => this.#shown(result));
    const said = parts.filter((part): part is ContentPart => isContent(part));
    const content = [...shown, ...said];
    if (content.length > 0) this.messages.push({ role: 'user', content: writeContent(content, this.#losses) });
  }

  #result(result: ToolResultPart): Message {
    if (result.cache) this.#losses.drop(`${result.at}.cache_control`);
    const texts = result.parts.flatMap((part) => {
      const text = part.kind === 'text' ? part.text : part.kind === 'document' ? textOfDocument(part) : undefined;
      if (text !== undefined && part.cache) this.#losses.drop(`${part.at}.cache_control`);
      return text === undefined ? [] : [{ text }];
    });
    const instead = this.#shown(result).length > 0 ? 'See the next message.' : '';
    const content = writeTexts(texts) || instead;
    // There is no other place for it, and the model has to know.
    const marked = result.isError && !/^\W*error/i.test(content) ? `Error: ${content}`.trimEnd() : content;
    return { role: 'tool', tool_call_id: fitToolId(result.id, LONGEST_ID), content: marked };
  }

  /** What a tool message cannot hold, to be carried by the user's that follows (edge case 9). */
  #shown({ id, parts, at }: ToolResultPart): ContentPart[] {
    const shown = parts.filter(
      (part) => part.kind === 'image' || (part.kind === 'document' && textOfDocument(part) === undefined),
    );
    if (shown.length === 0) return [];
    return [{ kind: 'text', text: `From the result of tool call ${fitToolId(id, LONGEST_ID)}:`, at }, ...shown];
  }

  #assistant(parts: readonly Part[]): void {
    for (const part of parts) if ('cache' in part && part.cache) this.#losses.drop(`${part.at}.cache_control`);
    const refusals = pick(parts, 'refusal');
    const texts = this.#traits.openai ? pick(parts, 'text') : pick(parts, 'text', 'refusal');
    const calls = pick(parts, 'tool-call').map((call) => this.#call(call));
    const thought = this.#thought(parts);
    const refusal = this.#traits.openai ? writeTexts(refusals) : '';
    if (texts.length + calls.length === 0 && refusal === '') return;
    this.messages.push({
      role: 'assistant',
      content: writeTexts(texts) || null,
      ...(refusal !== '' && { refusal }),
      ...thought,
      ...(calls.length > 0 && { tool_calls: calls }),
    });
  }

  /** Only what a chat server thought goes back to one, and to OpenAI none: it refuses the member (edge case 42). */
  #thought(parts: readonly Part[]): object {
    const own = (part: { readonly maker: string }) => part.maker === 'chat' && !this.#traits.openai;
    const blocks: object[] = [];
    const texts: ThinkingPart[] = [];
    for (const part of pick(parts, 'thinking', 'redacted-thinking')) {
      if (!own(part)) this.#losses.drop(part.at);
      else if (part.kind === 'redacted-thinking') blocks.push({ type: 'redacted_thinking', data: part.proof });
      else {
        if (part.text !== '') texts.push(part);
        if (part.proof !== undefined) blocks.push({ type: 'thinking', thinking: part.text, signature: part.proof });
      }
    }
    return {
      ...(texts.length > 0 && { reasoning_content: writeTexts(texts) }),
      ...(blocks.length > 0 && { thinking_blocks: blocks }),
    };
  }

  #call({ id, name, input, custom }: ToolCallPart): object {
    const fitted = fitToolId(id, LONGEST_ID);
    const written = this.#tools.nameOf(name);
    if (custom && this.#tools.takesCustom) return { id: fitted, type: 'custom', custom: { name: written, input } };
    const text = custom ? JSON.stringify({ input }) : input;
    return { id: fitted, type: 'function', function: { name: written, arguments: text } };
  }
}

function pick<K extends Kind>(parts: readonly Part[], ...kinds: K[]): Extract<Part, { kind: K }>[] {
  return parts.filter((part): part is Extract<Part, { kind: K }> => (kinds as string[]).includes(part.kind));
}

function isContent(part: Part): part is ContentPart {
  return part.kind === 'text' || part.kind === 'image' || part.kind === 'document' || part.kind === 'audio';
}
