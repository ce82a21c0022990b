/** The `@anthropic-ai/sdk` library on Messages, as Claude Code uses it: signed thoughts sent back as they came. */
import Anthropic from '@anthropic-ai/sdk';
import type { Ask, Got, Media, Step, StopWord } from '../words.js';
import { askFailed, type ConformanceClient, type Reach } from './client.js';
import { withoutAbsent } from './openai-chat.js';

type Block = Anthropic.ContentBlockParam;
type Body = Anthropic.MessageCreateParamsNonStreaming;

const TIMEOUT_MS = 20_000;
const MAX_TOKENS = 4096;
const BUDGET_TOKENS = 2048;
const MARK = { cache_control: { type: 'ephemeral' as const } };
const STOPS: Record<string, StopWord> = {
  ...{ end_turn: 'end', stop_sequence: 'stop-sequence', max_tokens: 'length', tool_use: 'tools', refusal: 'refusal' },
};

export function anthropicClient({ origin, key, fetch }: Reach): ConformanceClient {
  const client = new Anthropic({ baseURL: origin, apiKey: key, maxRetries: 0, timeout: TIMEOUT_MS, fetch });
  return {
    ask: (ask) => (ask.mode === 'stream' ? askStream(client, ask) : askWhole(client, ask)),
    models: () => list(client),
    countTokens: async (model, text) => {
      const { input_tokens } = await client.messages.countTokens({ model, messages: [{ role: 'user', content: text }] });
      return input_tokens;
    },
  };
}

async function list(client: Anthropic): Promise<string[]> {
  const ids: string[] = [];
  for await (const model of client.models.list()) {
    if (model.type !== 'model' || !model.display_name) throw new Error(`no model of Anthropic's form: ${JSON.stringify(model)}`);
    ids.push(model.id);
  }
  return ids;
}

async function askWhole(client: Anthropic, ask: Ask): Promise<Got> {
  try {
    return gotOf(await client.messages.create(bodyOf(ask)));
  } catch (error) {
    throw askFailed(error, '');
  }
}

async function askStream(client: Anthropic, ask: Ask): Promise<Got> {
  let text = '';
  try {
    const stream = client.messages.stream(bodyOf(ask));
    const order = new BlockOrder();
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
      order.see(event);
    }
    return gotOf(await stream.finalMessage());
  } catch (error) {
    throw askFailed(error, text);
  }
}

/** What the library does not check: one block open at a time, numbered from 0 without gaps. */
class BlockOrder {
  private next = 0;
  private open: number | undefined;

  see(event: Anthropic.RawMessageStreamEvent): void {
    if (event.type === 'content_block_start') {
      if (this.open !== undefined || event.index !== this.next++) throw new Error(`block ${event.index} out of order`);
      this.open = event.index;
    } else if (event.type === 'content_block_delta' && event.index !== this.open) throw new Error('a delta of a closed block');
    else if (event.type === 'content_block_stop') this.open = undefined;
    else if (event.type === 'message_stop' && this.open !== undefined) throw new Error('a block was never closed');
  }
}

function gotOf(message: Anthropic.Message): Got {
  const { content, usage, stop_reason, stop_sequence } = message;
  const cached = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    refusal: '',
    thought: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    hidden: content.filter(({ type }) => type === 'redacted_thinking').length,
    calls: content
      .filter((block) => block.type === 'tool_use')
      .map((block) => ({ id: block.id, name: (block as { name: string }).name, input: (block as { input: unknown }).input })),
    stop: STOPS[stop_reason ?? ''] ?? 'other',
    ...(stop_sequence ? { stopSequence: stop_sequence } : {}),
    usage: {
      ...{ input: usage.input_tokens + cached + written, cached, written, output: usage.output_tokens },
      reasoning: usage.output_tokens_details?.thinking_tokens,
    },
    native: content,
  };
}

function bodyOf(ask: Ask): Body {
  const { tools, schema, cache } = ask;
  const body = {
    model: ask.model,
    max_tokens: ask.maxTokens ?? MAX_TOKENS,
    messages: ask.conversation.map(messageOf),
    system: ask.system?.map((text, index, all) => ({
      ...{ type: 'text' as const, text },
      ...(cache && index === all.length - 1 ? MARK : {}),
    })),
    temperature: ask.temperature,
    top_p: ask.topP,
    stop_sequences: ask.stop && [...ask.stop],
    tools: tools?.map(({ name, description, schema: input_schema }, index) => ({
      ...{ name, description, input_schema: input_schema as Anthropic.Tool.InputSchema },
      ...(cache && index === tools.length - 1 ? MARK : {}),
    })),
    tool_choice: choiceOf(ask),
    output_config: schema && { format: { type: 'json_schema' as const, schema } },
    thinking: thinkingOf(ask),
    metadata: ask.user === undefined ? undefined : { user_id: ask.user },
    service_tier: ask.serviceTier === undefined ? undefined : ('standard_only' as const),
  };
  return withoutAbsent(body);
}

function thinkingOf({ reasoning }: Ask): Anthropic.ThinkingConfigParam | undefined {
  if (reasoning === 'adaptive') return { type: 'adaptive', display: 'summarized' };
  return reasoning ? { type: 'enabled', budget_tokens: BUDGET_TOKENS } : undefined;
}

function choiceOf({ toolChoice, parallel }: Ask): Anthropic.ToolChoice | undefined {
  const alone = parallel === false ? { disable_parallel_tool_use: true } : {};
  if (typeof toolChoice === 'object') return { type: 'tool', name: toolChoice.tool, ...alone };
  if (toolChoice === 'none') return { type: 'none' };
  if (toolChoice === 'required') return { type: 'any', ...alone };
  return parallel === false ? { type: 'auto', ...alone } : undefined;
}

function messageOf(step: Step): Anthropic.MessageParam {
  switch (step.says) {
    case 'user': {
      const { text, images = [], documents = [] } = step;
      return { role: 'user', content: [...images.map(imageBlock), ...documents.map(documentBlock), { type: 'text', text }] };
    }
    case 'model':
      return { role: 'assistant', content: step.answer.native as Block[] };
    case 'stranger': {
      const calls = step.calls.map(({ id, name, input }) => ({ type: 'tool_use' as const, id, name, input }));
      return { role: 'assistant', content: [{ type: 'text', text: step.text }, ...calls] };
    }
    case 'tools':
      return {
        role: 'user',
        content: step.results.map(({ call, text, isError, image }) => ({
          ...{ type: 'tool_result' as const, tool_use_id: call.id },
          content: image ? [{ type: 'text' as const, text }, imageBlock(image)] : text,
          ...(isError ? { is_error: true } : {}),
        })),
      };
  }
}

function imageBlock({ url, base64 = '', mediaType }: Media): Anthropic.ImageBlockParam {
  if (url) return { type: 'image', source: { type: 'url', url } };
  return { type: 'image', source: { type: 'base64', media_type: mediaType as 'image/png', data: base64 } };
}

function documentBlock({ url, base64 = '', name }: Media): Anthropic.DocumentBlockParam {
  if (url) return { type: 'document', source: { type: 'url', url } };
  return { type: 'document', title: name, source: { type: 'base64', media_type: 'application/pdf', data: base64 } };
}
