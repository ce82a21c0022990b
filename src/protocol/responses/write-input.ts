/** Turns of the middle form as `input` items. */
import { unsupported } from '../middle/fields.js';
import type { Losses } from '../middle/losses.js';
import type {
  MiddleRequest,
  Part,
  RedactedThinkingPart,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
} from '../middle/request.js';
import { type FittedNames, fitToolId } from '../middle/tool-names.js';
import type { OutputItem } from './response-object.js';
import { type ContentKind, writeContent, writeOutput } from './write-content.js';

/** @throws GatewayError 400 that names what Responses has no item for. */
export function writeInput(request: MiddleRequest, names: FittedNames, losses: Losses): OutputItem[] {
  refusePrefill(request);
  const writer = new InputWriter(names, losses);
  for (const turn of request.turns) writer.turn(turn);
  return writer.items;
}

/** Responses begins a new message always (edge case 17). A chat client's last word of the assistant is only history there. */
function refusePrefill({ from, turns, fields }: MiddleRequest): void {
  const last = turns.at(-1);
  if (from === 'messages' && last?.role === 'assistant')
    throw unsupported(
      last.parts[0]?.at ?? fields.turns ?? 'messages',
      'begins the answer for the model, which this model cannot go on with',
    );
}

class InputWriter {
  readonly items: OutputItem[] = [];
  readonly #names: FittedNames;
  readonly #losses: Losses;
  #content: OutputItem[] = [];

  constructor(names: FittedNames, losses: Losses) {
    this.#names = names;
    this.#losses = losses;
  }

  turn({ role, parts }: Turn): void {
    const lastWord = parts.findLastIndex(({ kind }) => kind !== 'thinking' && kind !== 'redacted-thinking');
    for (const [index, part] of parts.entries()) this.#part(part, role, index < lastWord);
    this.#endMessage(role);
  }

  /** `followed`: the turn goes on after it with something that is not thought. */
  #part(part: Part, role: Turn['role'], followed: boolean): void {
    if (isContent(part)) {
      this.#content.push(writeContent(part, role, this.#losses));
      return;
    }
    this.#endMessage(role);
    if (part.kind === 'tool-call') this.items.push(this.#call(part));
    else if (part.kind === 'tool-result') this.items.push(this.#result(part));
    else this.#thought(part, followed);
  }

  /** The parts of one message stay in it until something else comes between them. */
  #endMessage(role: Turn['role']): void {
    if (this.#content.length > 0) this.items.push({ type: 'message', role, content: this.#content });
    this.#content = [];
  }

  #call({ id, name, input, custom }: ToolCallPart): OutputItem {
    const called = { call_id: fitToolId(id), name: this.#names.fit(name) };
    return custom ? { type: 'custom_tool_call', ...called, input } : { type: 'function_call', ...called, arguments: input };
  }

  #result(part: ToolResultPart): OutputItem {
    if (part.isError) this.#losses.drop(`${part.at}.is_error`);
    const type = part.custom ? 'custom_tool_call_output' : 'function_call_output';
    return { type, call_id: fitToolId(part.id), output: writeOutput(part.parts, this.#losses) };
  }

  /** OpenAI reads only what it encrypted itself, and refuses a thought that leads to nothing. */
  #thought(part: ThinkingPart | RedactedThinkingPart, followed: boolean): void {
    if (part.maker !== 'openai' || part.proof === undefined || !followed) return this.#losses.drop(part.at);
    const text = part.kind === 'thinking' ? part.text : '';
    const summary = text === '' ? [] : [{ type: 'summary_text', text }];
    this.items.push({ type: 'reasoning', ...(part.id && { id: part.id }), summary, encrypted_content: part.proof });
  }
}

function isContent(part: Part): part is ContentKind {
  return (
    part.kind !== 'tool-call' && part.kind !== 'tool-result' && part.kind !== 'thinking' && part.kind !== 'redacted-thinking'
  );
}
