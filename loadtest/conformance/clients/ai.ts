/** The `ai` library with its OpenAI provider on chat or Responses, or its Anthropic provider. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import {
  embedMany,
  generateText,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  type ToolSet,
  tool,
} from 'ai';
import type { Ask, Got, Media, Protocol, Result, Step, StopWord } from '../words.js';
import { providerOptions } from './ai-options.js';
import { AskFailed, askFailed, type ConformanceClient, type Reach } from './client.js';
import { withoutAbsent } from './openai-chat.js';

const STOPS: Record<string, StopWord> = { stop: 'end', length: 'length', 'tool-calls': 'tools', 'content-filter': 'refusal' };
const TIMEOUT_MS = 20_000;
const MAX_TOKENS = 4096;
/** What it cannot pass on to a model that it does not know is expected here. */
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

/** What both of the library's functions give in the end. */
type Answer = Awaited<ReturnType<typeof generateText>>;

export function aiClient(protocol: Protocol, reach: Reach): ConformanceClient {
  const settings = { baseURL: `${reach.origin}/v1`, apiKey: reach.key, fetch: reach.fetch };
  const openai = createOpenAI(settings);
  const models: Record<Protocol, (id: string) => LanguageModel> = {
    chat: (id) => openai.chat(id),
    responses: (id) => openai.responses(id),
    messages: (id) => createAnthropic(settings)(id),
  };
  return {
    ask: (ask) => (ask.mode === 'stream' ? askStream : askWhole)(models[protocol](ask.model), protocol, ask),
    ...(protocol === 'chat' ? { embed: (model, values) => embedAll(openai.embedding(model), values) } : {}),
  };
}

async function embedAll(model: Parameters<typeof embedMany>[0]['model'], values: string[]): Promise<number[][]> {
  return (await embedMany({ model, values, maxRetries: 0 })).embeddings;
}

async function askWhole(model: LanguageModel, protocol: Protocol, ask: Ask): Promise<Got> {
  try {
    return gotOf((await generateText(callOf(model, protocol, ask))) as unknown as Answer);
  } catch (error) {
    throw askFailed(error, '');
  }
}

async function askStream(model: LanguageModel, protocol: Protocol, ask: Ask): Promise<Got> {
  let text = '';
  try {
    // Without this the library writes errors of the stream to the console.
    const stream = streamText({ ...callOf(model, protocol, ask), onError: () => {} });
    for await (const part of stream.fullStream) {
      if (part.type === 'text-delta') text += part.text;
      if (part.type === 'error') throw failureOf(part.error, text);
    }
    return gotOf(await settled(stream as unknown as Streamed));
  } catch (error) {
    throw askFailed(error, text);
  }
}

/** An error inside a stream is handed on as the provider's own object. */
function failureOf(error: unknown, text: string): Error {
  if (error instanceof Error) return error;
  return new AskFailed({ className: 'stream error', message: JSON.stringify(error), text });
}

type Streamed = { [Name in (typeof MEMBERS)[number]]: PromiseLike<Answer[Name]> };
const MEMBERS = ['text', 'reasoning', 'toolCalls', 'finishReason', 'usage', 'response', 'providerMetadata'] as const;

async function settled(stream: Streamed): Promise<Answer> {
  const values = await Promise.all(MEMBERS.map((name) => stream[name]));
  return Object.fromEntries(MEMBERS.map((name, index) => [name, values[index]])) as unknown as Answer;
}

function gotOf({ text, reasoning, toolCalls, finishReason, usage, response, providerMetadata }: Answer): Got {
  const stopSequence = providerMetadata?.['anthropic']?.['stopSequence'];
  return {
    ...{ text, refusal: '' },
    thought: reasoning.map((part) => part.text).join(''),
    hidden: reasoning.filter((part) => part.text === '').length,
    calls: toolCalls.map((call) => ({ id: call.toolCallId, name: call.toolName, input: call.input })),
    stop: STOPS[finishReason] ?? 'other',
    ...(typeof stopSequence === 'string' ? { stopSequence } : {}),
    usage: {
      input: usage.inputTokens,
      cached: usage.inputTokenDetails.cacheReadTokens,
      written: usage.inputTokenDetails.cacheWriteTokens,
      output: usage.outputTokens,
      reasoning: usage.outputTokenDetails.reasoningTokens,
    },
    native: response.messages,
  };
}

function callOf(model: LanguageModel, protocol: Protocol, ask: Ask) {
  const { toolChoice, schema, tools } = ask;
  const set = tools?.map(({ name, description, schema: inputSchema }): [string, ToolSet[string]] => [
    name,
    tool({ description, inputSchema: jsonSchema(inputSchema) }),
  ]);
  return withoutAbsent({
    model,
    messages: ask.conversation.flatMap(messagesOf),
    system: ask.system?.map((content) => ({ role: 'system' as const, content })),
    maxOutputTokens: protocol === 'chat' ? undefined : (ask.maxTokens ?? (protocol === 'messages' ? MAX_TOKENS : undefined)),
    temperature: ask.temperature,
    topP: ask.topP,
    stopSequences: ask.stop && [...ask.stop],
    tools: set && (Object.fromEntries(set) as ToolSet),
    toolChoice: typeof toolChoice === 'object' ? { type: 'tool' as const, toolName: toolChoice.tool } : toolChoice,
    output: schema && Output.object({ schema: jsonSchema(schema), name: 'answer' }),
    providerOptions: providerOptions(protocol, ask),
    maxRetries: 0,
    abortSignal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

function messagesOf(step: Step): ModelMessage[] {
  switch (step.says) {
    case 'user': {
      const files = [...(step.images ?? []), ...(step.documents ?? [])].map((file) => ({
        ...{ type: 'file' as const, data: file.url ? new URL(file.url) : (file.base64 ?? ''), mediaType: file.mediaType },
        ...(file.name === undefined ? {} : { filename: file.name }),
      }));
      return [{ role: 'user', content: [...files, { type: 'text', text: step.text }] }];
    }
    case 'model':
      return step.answer.native as ModelMessage[];
    case 'stranger': {
      const calls = step.calls.map(({ id, name, input }) => ({
        type: 'tool-call' as const,
        toolCallId: id,
        toolName: name,
        input,
      }));
      return [{ role: 'assistant', content: [{ type: 'text', text: step.text }, ...calls] }];
    }
    case 'tools':
      return [{ role: 'tool', content: step.results.map(resultOf) }];
  }
}

function resultOf({ call, text, isError, image }: Result) {
  const head = { type: 'tool-result' as const, toolCallId: call.id, toolName: call.name };
  if (image) return { ...head, output: { type: 'content' as const, value: [{ type: 'text' as const, text }, imageOf(image)] } };
  return { ...head, output: { type: isError ? ('error-text' as const) : ('text' as const), value: text } };
}

function imageOf({ base64 = '', mediaType }: Media) {
  return { type: 'image-data' as const, data: base64, mediaType };
}
