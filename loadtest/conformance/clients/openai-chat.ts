/** The `openai` library on chat completions. Thoughts are read and sent back as an agent on it must: by the extra members of messages. */
import type { Ask, Got, Step, StopWord } from '../words.js';
import { askFailed, type ConformanceClient, dataUrl, parseInput, type Reach } from './client.js';
import { embedWith, listWith, type OpenAI, openAi } from './openai.js';

type Message = OpenAI.ChatCompletionMessageParam;
type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** What providers of chat add to a message, by LiteLLM's names. */
interface Extras {
  reasoning_content?: string;
  thinking_blocks?: { type: string; thinking?: string; signature?: string; data?: string }[];
}

export function openAiChatClient(reach: Reach): ConformanceClient {
  const client = openAi(reach);
  return {
    ask: (ask) => (ask.mode === 'stream' ? askStream(client, ask) : askWhole(client, ask)),
    models: () => listWith(client),
    embed: (model, texts, format) => embedWith(client, model, texts, format),
  };
}

async function askWhole(client: OpenAI, ask: Ask): Promise<Got> {
  try {
    const { choices, usage } = await client.chat.completions.create(bodyOf(ask));
    const [choice] = choices;
    if (!choice) throw new Error('no choice');
    return gotOf(choice.message, choice.finish_reason, usage);
  } catch (error) {
    throw askFailed(error, '');
  }
}

async function askStream(client: OpenAI, ask: Ask): Promise<Got> {
  let text = '';
  const extras: Extras = {};
  try {
    const stream = client.chat.completions.stream({ ...bodyOf(ask), stream: true, stream_options: { include_usage: true } });
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
      gather(extras, chunk.choices[0]?.delta as Extras | undefined);
    }
    const { choices } = await stream.finalChatCompletion();
    const [choice] = choices;
    if (!choice) throw new Error('no choice');
    return gotOf({ ...choice.message, ...extras }, choice.finish_reason, usage);
  } catch (error) {
    throw askFailed(error, text);
  }
}

function gather(extras: Extras, delta: Extras | undefined): void {
  if (delta?.reasoning_content) extras.reasoning_content = (extras.reasoning_content ?? '') + delta.reasoning_content;
  if (delta?.thinking_blocks) extras.thinking_blocks = [...(extras.thinking_blocks ?? []), ...delta.thinking_blocks];
}

const STOPS: Record<string, StopWord> = { stop: 'end', length: 'length', tool_calls: 'tools', content_filter: 'refusal' };

function gotOf(
  message: OpenAI.ChatCompletionMessage & Extras,
  finish: string | null,
  usage: OpenAI.CompletionUsage | null | undefined,
): Got {
  const { content, refusal, tool_calls = [], reasoning_content, thinking_blocks } = message;
  return {
    text: content ?? '',
    refusal: refusal ?? '',
    thought: reasoning_content ?? '',
    hidden: (thinking_blocks ?? []).filter(({ type }) => type === 'redacted_thinking').length,
    calls: tool_calls.map((call) => {
      if (call.type === 'custom') return { id: call.id, name: call.custom.name, input: call.custom.input, custom: true };
      return { id: call.id, name: call.function.name, input: parseInput(call.function.arguments) };
    }),
    stop: STOPS[finish ?? ''] ?? 'other',
    usage: {
      input: usage?.prompt_tokens,
      cached: usage?.prompt_tokens_details?.cached_tokens,
      output: usage?.completion_tokens,
      reasoning: usage?.completion_tokens_details?.reasoning_tokens,
    },
    native: {
      ...{ role: 'assistant', content },
      ...(refusal ? { refusal } : {}),
      ...(tool_calls.length > 0 ? { tool_calls: tool_calls.map(({ ...call }) => plainCall(call)) } : {}),
      ...(reasoning_content ? { reasoning_content } : {}),
      ...(thinking_blocks ? { thinking_blocks } : {}),
    },
  };
}

/** Without what the library's own stream helper adds. */
function plainCall(call: OpenAI.ChatCompletionMessageToolCall): object {
  if (call.type !== 'function') return call;
  return { id: call.id, type: call.type, function: { name: call.function.name, arguments: call.function.arguments } };
}

function bodyOf(ask: Ask): Body {
  const { tools, toolChoice, schema } = ask;
  const choice = typeof toolChoice === 'object' ? { type: 'function' as const, function: { name: toolChoice.tool } } : toolChoice;
  return withoutAbsent({
    model: ask.model,
    messages: [
      ...(ask.system ?? []).map((content): Message => ({ role: 'system', content })),
      ...ask.conversation.flatMap(messagesOf),
    ],
    max_completion_tokens: ask.maxTokens,
    temperature: ask.temperature,
    top_p: ask.topP,
    stop: ask.stop && [...ask.stop],
    tools: tools?.map(({ name, description, schema: parameters, custom }) =>
      custom
        ? { type: 'custom' as const, custom: { name, description } }
        : { type: 'function' as const, function: { name, description, parameters } },
    ),
    tool_choice: choice,
    parallel_tool_calls: ask.parallel,
    response_format: schema && { type: 'json_schema' as const, json_schema: { name: 'answer', schema, strict: true } },
    reasoning_effort: ask.reasoning ? ('high' as const) : undefined,
    user: ask.user,
    metadata: ask.metadata,
    service_tier: ask.serviceTier as 'priority' | undefined,
    prompt_cache_key: ask.cache ? 'conformance' : undefined,
  });
}

function messagesOf(step: Step): Message[] {
  switch (step.says) {
    case 'user': {
      const { text, images = [], documents = [] } = step;
      if (images.length + documents.length === 0) return [{ role: 'user', content: text }];
      const pictures = images.map((image) => ({
        type: 'image_url' as const,
        image_url: { url: image.url ?? dataUrl(image) },
      }));
      const files = documents.map((file) => ({
        type: 'file' as const,
        file: { filename: file.name, file_data: dataUrl(file) },
      }));
      return [{ role: 'user', content: [...pictures, ...files, { type: 'text', text }] }];
    }
    case 'model':
      return [step.answer.native as Message];
    case 'stranger': {
      const calls = step.calls.map(({ id, name, input }) => ({
        ...{ id, type: 'function' as const },
        function: { name, arguments: JSON.stringify(input) },
      }));
      return [{ role: 'assistant', content: step.text, tool_calls: calls }];
    }
    case 'tools':
      return step.results.map(({ call, text }) => ({ role: 'tool', tool_call_id: call.id, content: text }));
  }
}

export function withoutAbsent<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;
}
