/** `tools` and `tool_choice` (edge cases 1–4). */
import { unsupported } from '../middle/fields.js';
import type { Tool, ToolChoice } from '../middle/request.js';
import { isClosedSchema, toolSchema } from './tool-schema.js';
import type { WritingState } from './writing-state.js';

type Block = Record<string, unknown>;

export interface WrittenTools {
  readonly offered: { tools?: Block[] };
  /** Names, as the client says them, of those that take free text. */
  readonly custom: readonly string[];
  /** `budgetThinking`: with it a forced choice is a 400. */
  choice(budgetThinking: boolean): { tool_choice?: Block };
}

/** Where each dialect keeps a tool's schema. */
const SCHEMA = { chat: 'function.parameters', messages: 'input_schema', responses: 'parameters' } as const;
const FORMAT = { chat: 'custom.format', messages: 'format', responses: 'format' } as const;
const STRICT = { chat: 'function.strict', messages: 'strict', responses: 'strict' } as const;
/** Of strict tools Anthropic takes this many in a request. */
const MOST_STRICT = 20;

export function writeTools(state: WritingState): WrittenTools {
  const tools = allowed(state.request.tools, state.request.toolChoice);
  const strict = tools.filter((tool) => tool.strict).length <= MOST_STRICT;
  const written = tools.map((tool) => writeTool(state, tool, strict));
  return {
    offered: written.length > 0 ? { tools: written } : {},
    custom: tools.filter(({ kind }) => kind === 'custom').map(({ name }) => name),
    choice: (budgetThinking) => writeChoice(state, tools, budgetThinking),
  };
}

/** OpenAI's `allowed_tools` narrows the list for one turn; here the others are not offered in it. */
function allowed(tools: readonly Tool[], choice: ToolChoice | undefined): readonly Tool[] {
  return choice?.kind === 'allowed' ? tools.filter(({ name }) => choice.names.includes(name)) : tools;
}

function writeTool(state: WritingState, tool: Tool, strictTools: boolean): Block {
  const block: Block = {
    name: state.names.fit(tool.name),
    ...describe(state, tool),
    input_schema: tool.kind === 'custom' ? FREE_TEXT : schemaOf(state, tool),
    ...strictness(state, tool, strictTools),
  };
  return state.marks.put(block, tool);
}

/** What a tool of free text becomes: one text, whole. */
const FREE_TEXT = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false };

/** The grammar of a free text cannot be enforced here; told to the model it is followed mostly. */
function describe({ request, losses }: WritingState, { kind, description, format, at }: Tool): { description?: string } {
  if (format !== undefined) losses.drop(`${at}.${FORMAT[request.from]}`);
  const grammar = kind === 'custom' && format !== undefined ? `The input must fit this format: ${JSON.stringify(format)}` : '';
  const text = [description ?? '', grammar].filter((line) => line.trim() !== '').join('\n\n');
  return text === '' ? {} : { description: text };
}

function schemaOf({ request, losses }: WritingState, tool: Tool): unknown {
  const { schema, changed } = toolSchema(tool.schema);
  if (changed) losses.drop(`${tool.at}.${SCHEMA[request.from]}`);
  return schema;
}

function strictness({ request, facts, losses }: WritingState, tool: Tool, strictTools: boolean): { strict?: true } {
  if (!tool.strict) return {};
  if (strictTools && facts.structuredOutput && isClosedSchema(tool.schema)) return { strict: true };
  losses.drop(`${tool.at}.${STRICT[request.from]}`);
  return {};
}

function writeChoice(state: WritingState, tools: readonly Tool[], budgetThinking: boolean): { tool_choice?: Block } {
  if (tools.length === 0) return refuseForced(state);
  const choice = forcedOrNot(state, tools, budgetThinking);
  if (state.request.parallelTools !== false) return choice ? { tool_choice: choice } : {};
  if (choice?.type === 'none') return { tool_choice: choice };
  return { tool_choice: { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true } };
}

/** A client that waits for a call would not get one. */
function refuseForced({ request }: WritingState): { tool_choice?: Block } {
  const { toolChoice, fields } = request;
  const forced = toolChoice?.kind === 'allowed' ? toolChoice.mode === 'required' : toolChoice?.kind === 'required';
  if (forced || toolChoice?.kind === 'tool')
    throw unsupported(fields.toolChoice ?? 'tool_choice', 'asks for a tool, and there is none');
  return {};
}

/** Undefined: the client did not say. */
function forcedOrNot(state: WritingState, tools: readonly Tool[], budgetThinking: boolean): Block | undefined {
  const { toolChoice } = state.request;
  const choice = toolChoice && writeKind(state, tools, toolChoice);
  if (choice?.type !== 'any' && choice?.type !== 'tool') return choice;
  if (state.facts.forcedTools && !budgetThinking) return choice;
  state.losses.dropField('toolChoice');
  return { type: 'auto' };
}

function writeKind({ request, names }: WritingState, tools: readonly Tool[], choice: ToolChoice): Block {
  switch (choice.kind) {
    case 'auto':
    case 'none':
      return { type: choice.kind };
    case 'required':
      return { type: 'any' };
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto' };
    case 'tool':
      if (tools.some(({ name }) => name === choice.name)) return { type: 'tool', name: names.fit(choice.name) };
      throw unsupported(request.fields.toolChoice ?? 'tool_choice', "names a tool that is not among 'tools'");
  }
}
