/** What the `ai` library has no words of its own for, in each provider's. */
import type { Ask, Protocol } from '../words.js';
import { withoutAbsent } from './openai-chat.js';

type Options = Record<string, Record<string, never>>;

const BUDGET_TOKENS = 2048;

export function providerOptions(protocol: Protocol, ask: Ask): Options {
  return (protocol === 'messages' ? { anthropic: anthropicOptions(ask) } : { openai: openAiOptions(protocol, ask) }) as Options;
}

function openAiOptions(protocol: Protocol, ask: Ask): object {
  const { reasoning, parallel, user, metadata, serviceTier, cache } = ask;
  const responses = {
    store: false,
    ...(reasoning ? { include: ['reasoning.encrypted_content'], reasoningSummary: 'auto' } : {}),
  };
  return withoutAbsent({
    // The provider leaves out reasoning for model names that it does not know.
    ...(reasoning ? { reasoningEffort: 'high', forceReasoning: true } : {}),
    // Models that think refuse the older `max_tokens`.
    maxCompletionTokens: protocol === 'chat' ? ask.maxTokens : undefined,
    parallelToolCalls: parallel,
    user,
    metadata,
    serviceTier,
    promptCacheKey: cache ? 'conformance' : undefined,
    ...(protocol === 'responses' ? responses : {}),
  });
}

function thinkingOf(reasoning: Ask['reasoning']): object | undefined {
  if (reasoning === 'adaptive') return { type: 'adaptive', display: 'summarized' };
  return reasoning ? { type: 'enabled', budgetTokens: BUDGET_TOKENS } : undefined;
}

function anthropicOptions({ reasoning, parallel, user, cache }: Ask): object {
  return withoutAbsent({
    thinking: thinkingOf(reasoning),
    disableParallelToolUse: parallel === false ? true : undefined,
    metadata: user === undefined ? undefined : { userId: user },
    cacheControl: cache ? { type: 'ephemeral' } : undefined,
    structuredOutputMode: 'outputFormat',
  });
}
