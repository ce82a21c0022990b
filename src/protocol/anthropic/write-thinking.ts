/** `thinking` and `output_config.effort`, as the model takes them (edge cases 18, 22, 42). */
import type { Reasoning } from '../middle/request.js';
import type { Effort } from './model-facts.js';
import { openLoopStart } from './open-loop.js';
import { isProven } from './write-parts.js';
import { maxTokens } from './write-settings.js';
import type { WritingState } from './writing-state.js';

/** `budget` forbids more than `adaptive` does: forced tool choice, answers that were made without thinking. */
export type ThinkingAsked = 'no' | 'budget' | 'adaptive';

export interface WrittenThinking {
  readonly asked: ThinkingAsked;
  /** The model will think, asked or not. */
  readonly active: boolean;
  readonly written: { thinking?: Record<string, unknown> };
  readonly effort: { effort?: Effort };
}

const NOTHING: WrittenThinking = { asked: 'no', active: false, written: {}, effort: {} };

/** Anthropic takes no less. */
const LEAST_BUDGET = 1024;
/** Tokens of thought for an effort, where a model takes no effort; half of the answer's at most. */
const BUDGETS: Readonly<Record<Effort, number>> = { low: 2048, medium: 8192, high: 16_384, xhigh: 24_576, max: 32_000 };

export function writeThinking(state: WritingState): WrittenThinking {
  const { reasoning } = state.request;
  if (!reasoning) return { ...NOTHING, active: state.facts.thinkingOff !== 'absent' };
  if (reasoning.mode === 'off') return writeOff(state);
  if (state.facts.thinking === 'adaptive') return writeAdaptive(state, reasoning);
  return writeBudget(state, reasoning);
}

function writeOff({ facts, losses }: WritingState): WrittenThinking {
  if (facts.thinkingOff === 'absent') return NOTHING;
  const active = facts.thinkingOff !== 'disabled';
  if (facts.thinkingOff !== 'never') return { ...NOTHING, active, written: { thinking: { type: facts.thinkingOff } } };
  // The model thinks always: as little as it can.
  losses.dropField('reasoning');
  return { ...NOTHING, active, effort: { effort: 'low' } };
}

function writeAdaptive(state: WritingState, reasoning: Reasoning): WrittenThinking {
  const effort = fitEffort(state, reasoning.effort);
  // How much it thinks is the model's own to say now; what the client allowed at most still holds by `max_tokens`.
  if (reasoning.budget !== undefined) state.losses.dropField('reasoning');
  return {
    asked: 'adaptive',
    active: true,
    written: { thinking: { type: 'adaptive', ...display(state, reasoning) } },
    effort: effort ? { effort } : {},
  };
}

/**
 * From 4.7 on a model keeps its thought to itself unless asked. Chat clients show `reasoning_content`, so it is asked for;
 * Responses clients say whether they want a summary, Messages clients speak for themselves.
 */
function display({ request }: WritingState, { summary }: Reasoning): { display?: string } {
  if (summary === 'omitted') return { display: 'omitted' };
  return summary !== undefined || request.from === 'chat' ? { display: 'summarized' } : {};
}

/** Undefined: the model's default. An effort that the model does not know becomes the nearest below, and is told. */
function fitEffort({ facts, losses }: WritingState, asked: string | undefined): Effort | undefined {
  if (asked === undefined) return undefined;
  const effort = asked === 'minimal' ? 'low' : asked;
  const known = facts.efforts.find((each) => each === effort);
  if (known) return known;
  losses.dropField('reasoning');
  return effort === 'xhigh' || effort === 'max' ? facts.efforts.findLast((each) => each !== 'max') : undefined;
}

function writeBudget(state: WritingState, reasoning: Reasoning): WrittenThinking {
  const budget = budgetOf(state, reasoning);
  if (budget !== undefined && isContinuable(state)) {
    const shown = reasoning.summary === 'omitted' ? { display: 'omitted' } : {};
    return {
      ...NOTHING,
      asked: 'budget',
      active: true,
      written: { thinking: { type: 'enabled', budget_tokens: budget, ...shown } },
    };
  }
  state.losses.dropField('reasoning');
  return NOTHING;
}

/** Below `max_tokens`, which counts thought and answer together; undefined where there is no room for it. */
function budgetOf(state: WritingState, { budget, effort }: Reasoning): number | undefined {
  if (state.facts.thinking === 'none') return undefined;
  const room = maxTokens(state) - 1;
  if (room < LEAST_BUDGET) return undefined;
  if (budget !== undefined) return within(state, budget, room);
  return Math.max(LEAST_BUDGET, Math.min(budgetFor(effort), Math.floor(room / 2)));
}

function within({ losses }: WritingState, asked: number, room: number): number {
  const budget = Math.max(LEAST_BUDGET, Math.min(asked, room));
  if (budget !== asked) losses.dropField('reasoning');
  return budget;
}

function budgetFor(effort: string | undefined): number {
  if (effort === 'minimal') return LEAST_BUDGET;
  return effort !== undefined && Object.hasOwn(BUDGETS, effort) ? BUDGETS[effort as Effort] : BUDGETS.medium;
}

/**
 * With budget thinking a loop of tool calls must begin with the thought that led to them, signed, or the request is refused
 * ("Expected `thinking`, but found `tool_use`", told of the loop's first answer). A loop of another maker's, or one that
 * thinking was off for, has none. Adaptive thinking does not ask for it.
 */
function isContinuable({ request: { turns } }: WritingState): boolean {
  const first = turns.slice(openLoopStart(turns)).find(({ role }) => role === 'assistant');
  return first === undefined || isProven(first.parts[0]);
}
