/** The `openai` library on Responses, as Codex uses it: nothing stored, reasoning carried along encrypted. */
import type { Ask, Call, Got, Step } from '../words.js';
import { askFailed, type ConformanceClient, dataUrl, parseInput, type Reach } from './client.js';
import { embedWith, listWith, type OpenAI, openAi } from './openai.js';
import { withoutAbsent } from './openai-chat.js';

type Input = OpenAI.Responses.ResponseInputItem;
type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming;

export function openAiResponsesClient(reach: Reach): ConformanceClient {
  const client = openAi(reach);
  return {
    ask: (ask) => (ask.mode === 'stream' ? askStream(client, ask) : askWhole(client, ask)),
    models: () => listWith(client),
    embed: (model, texts, format) => embedWith(client, model, texts, format),
  };
}

async function askWhole(client: OpenAI, ask: Ask): Promise<Got> {
  try {
    return gotOf(await client.responses.create(bodyOf(ask)));
  } catch (error) {
    throw askFailed(error, '');
  }
}

async function askStream(client: OpenAI, ask: Ask): Promise<Got> {
  const check = new SequenceCheck();
  try {
    const stream = client.responses.stream({ ...bodyOf(ask), stream: true });
    for await (const event of stream) check.see(event as OpenAI.Responses.ResponseStreamEvent);
    await stream.finalResponse();
    return gotOf(check.final());
  } catch (error) {
    throw askFailed(error, check.text);
  }
}

/** What the library does not check of a stream: numbers without gaps, and a `done` for every `added`. */
class SequenceCheck {
  text = '';
  private next = 0;
  private readonly open = new Set<string>();
  private last: OpenAI.Responses.Response | undefined;

  see(event: OpenAI.Responses.ResponseStreamEvent): void {
    if (event.sequence_number !== this.next++) throw new Error(`sequence_number ${event.sequence_number}, not ${this.next - 1}`);
    if (event.type === 'response.output_text.delta') this.text += event.delta;
    const { type, item_id, output_index, content_index, summary_index, item } = event as unknown as Record<string, unknown>;
    const part = /^(.*)\.(added|done)$/.exec(String(type));
    if (part && /(output_item|_part)$/.test(part[1] as string)) {
      const id = [part[1], output_index, item_id ?? (item as { id?: string }).id, content_index, summary_index].join('|');
      if (part[2] === 'added') this.open.add(id);
      else if (!this.open.delete(id)) throw new Error(`${type} without added: ${id}`);
    }
    if (this.last) throw new Error(`${type} after the end`);
    if (event.type === 'response.completed' || event.type === 'response.incomplete') this.last = event.response;
    if (event.type === 'response.failed')
      throw Object.assign(new Error(event.response.error?.message ?? 'failed'), { code: event.response.error?.code });
  }

  /** Of the last event: the library's own helper takes no notice of `response.incomplete`. */
  final(): OpenAI.Responses.Response {
    if (this.open.size > 0) throw new Error(`added without done: ${[...this.open].join(', ')}`);
    if (!this.last) throw new Error('the stream ended without response.completed or response.incomplete');
    return this.last;
  }
}

function gotOf(response: OpenAI.Responses.Response): Got {
  const { output, usage, status, incomplete_details } = response;
  if (status === 'failed') throw new Error(response.error?.message ?? 'failed');
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const refusal = parts.map((part) => (part.type === 'refusal' ? part.refusal : '')).join('');
  const thoughts = output.filter((item) => item.type === 'reasoning');
  const calls = output.filter((item) => item.type === 'function_call' || item.type === 'custom_tool_call');
  const stop = calls.length > 0 ? 'tools' : refusal === '' ? 'end' : 'refusal';
  return {
    text: parts.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    refusal,
    thought: thoughts.flatMap(({ summary }) => summary.map(({ text }) => text)).join(''),
    hidden: thoughts.filter(({ summary }) => summary.length === 0).length,
    calls: calls.map(callOf),
    stop:
      status === 'completed'
        ? stop
        : ({ max_output_tokens: 'length', content_filter: 'refusal' } as const)[incomplete_details?.reason as 'content_filter'],
    usage: {
      input: usage?.input_tokens,
      cached: usage?.input_tokens_details.cached_tokens,
      output: usage?.output_tokens,
      reasoning: usage?.output_tokens_details.reasoning_tokens,
    },
    native: output.map(plainItem),
  };
}

function callOf(item: OpenAI.Responses.ResponseFunctionToolCall | OpenAI.Responses.ResponseCustomToolCall): Call {
  const { call_id: id, name } = item;
  if (item.type === 'custom_tool_call') return { id, name, input: item.input, custom: true };
  return { id, name, input: parseInput(item.arguments) };
}

/** Without what the library's own helper adds. */
function plainItem(item: OpenAI.Responses.ResponseOutputItem): object {
  const { parsed_arguments: _, ...plain } = item as unknown as Record<string, unknown>;
  if (plain['type'] !== 'message') return plain;
  const content = (plain['content'] as Record<string, unknown>[]).map(({ parsed: _parsed, ...part }) => part);
  return { ...plain, content };
}

function bodyOf(ask: Ask): Body {
  const { tools, toolChoice, schema } = ask;
  return withoutAbsent({
    model: ask.model,
    input: ask.conversation.flatMap(inputOf),
    instructions: ask.system?.join('\n\n'),
    store: false,
    include: ask.reasoning ? ['reasoning.encrypted_content' as const] : undefined,
    max_output_tokens: ask.maxTokens,
    temperature: ask.temperature,
    top_p: ask.topP,
    tools: tools?.map(({ name, description, schema: parameters, custom }) =>
      custom
        ? { type: 'custom' as const, name, description }
        : { type: 'function' as const, name, description, parameters, strict: false },
    ),
    tool_choice: typeof toolChoice === 'object' ? { type: 'function' as const, name: toolChoice.tool } : toolChoice,
    parallel_tool_calls: ask.parallel,
    text: schema && { format: { type: 'json_schema' as const, name: 'answer', schema, strict: true } },
    reasoning: ask.reasoning ? { effort: 'high' as const, summary: 'auto' as const } : undefined,
    user: ask.user,
    metadata: ask.metadata,
    service_tier: ask.serviceTier as 'priority' | undefined,
    prompt_cache_key: ask.cache ? 'conformance' : undefined,
  });
}

function inputOf(step: Step): Input[] {
  switch (step.says) {
    case 'user': {
      const images = (step.images ?? []).map((image) => ({
        ...{ type: 'input_image' as const, detail: 'auto' as const, image_url: image.url ?? dataUrl(image) },
      }));
      const files = (step.documents ?? []).map((file) =>
        file.url
          ? { type: 'input_file' as const, file_url: file.url }
          : { type: 'input_file' as const, filename: file.name, file_data: dataUrl(file) },
      );
      return [{ role: 'user', content: [...images, ...files, { type: 'input_text', text: step.text }] }];
    }
    case 'model':
      return step.answer.native as Input[];
    case 'stranger':
      return [
        { role: 'assistant', content: step.text },
        ...step.calls.map(({ id, name, input }) => ({
          ...{ type: 'function_call' as const, call_id: id, name, arguments: JSON.stringify(input) },
        })),
      ];
    case 'tools':
      return step.results.map(({ call, text, image }) => ({
        ...{ type: call.custom ? ('custom_tool_call_output' as const) : ('function_call_output' as const), call_id: call.id },
        output: image
          ? [
              { type: 'input_text' as const, text },
              { type: 'input_image' as const, detail: 'auto' as const, image_url: dataUrl(image) },
            ]
          : text,
      }));
  }
}
