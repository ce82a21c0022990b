import { test } from 'tap';
import { modelFacts } from './model-facts.js';

/** Models overview and migration guides, platform.claude.com/docs, autumn 2026. */
const KNOWN: readonly [name: string, facts: object][] = [
  ['claude-2.1', { defaultOutput: 4096, thinking: 'none' }],
  ['claude-3-haiku-20240307', { defaultOutput: 4096, thinking: 'none', structuredOutput: false }],
  ['claude-3-5-sonnet-20241022', { defaultOutput: 8192, thinking: 'none' }],
  ['claude-3-7-sonnet-latest', { defaultOutput: 64_000, thinking: 'budget', sampling: 'any' }],
  ['claude-sonnet-4-20250514', { mostOutput: 64_000, thinking: 'budget', structuredOutput: false }],
  ['claude-opus-4@20250514', { mostOutput: 32_000, thinking: 'budget' }],
  ['claude-opus-4-1-20250805', { mostOutput: 32_000, sampling: 'either', structuredOutput: true }],
  ['claude-sonnet-4-5-20250929', { mostOutput: 64_000, thinking: 'budget', sampling: 'either', structuredOutput: true }],
  ['claude-haiku-4-5', { mostOutput: 64_000, thinking: 'budget' }],
  ['us.anthropic.claude-opus-4-6-v1', { mostOutput: 128_000, thinking: 'adaptive', thinkingOff: 'absent', sampling: 'either' }],
  ['anthropic/claude-4.6-sonnet', { thinking: 'adaptive', efforts: ['low', 'medium', 'high', 'max'] }],
  ['claude-opus-4-7', { thinking: 'adaptive', sampling: 'none', forcedTools: true }],
  ['claude-opus-5', { thinkingOff: 'disabled', forcedTools: true }],
  ['claude-sonnet-5', { thinkingOff: 'disabled', sampling: 'none' }],
  ['claude-haiku-5-5', { thinkingOff: 'disabled', forcedTools: true }],
  ['claude-opus-5-5', { thinkingOff: 'never', forcedTools: false }],
  ['claude-sonnet-5-5', { thinkingOff: 'between_tools', forcedTools: false }],
  ['claude-fable-5', { thinkingOff: 'never', forcedTools: true }],
  ['claude-fable-5-2', { thinkingOff: 'never', forcedTools: false }],
  ['claude-mythos-preview', { thinkingOff: 'never' }],
];

test('each model that is known has its facts, however its name is written', async (t) => {
  for (const [name, facts] of KNOWN) t.match(modelFacts(name), facts, name);
});

test('a newer version is as the newest known of its family, an unknown Claude as today’s models', async (t) => {
  t.same(modelFacts('claude-sonnet-6-1'), modelFacts('claude-sonnet-5-5'));
  t.same(modelFacts('claude-opus-latest'), modelFacts('claude-opus-5-5'));
  for (const name of ['claude-saga-7', 'claude-next', 'Claude'])
    t.match(modelFacts(name), { thinking: 'adaptive', sampling: 'none', thinkingOff: 'never', mostOutput: undefined }, name);
});

test('another maker’s model is asked in the form that all of them took over', async (t) => {
  t.match(modelFacts('kimi-k3'), { thinking: 'budget', sampling: 'any', defaultOutput: 8192, mostOutput: undefined });
});
