/** `tools`, `tool_choice` and `parallel_tool_calls` (edge cases 1, 2, 4). */
import { isJsonObject } from '../middle/fields.js';
import type { Losses } from '../middle/losses.js';
import type { MiddleRequest, Tool } from '../middle/request.js';
import type { FittedNames } from '../middle/tool-names.js';

/** Nothing of the three without tools. */
export function writeTools(request: MiddleRequest, names: FittedNames, losses: Losses): Record<string, unknown> {
  const { tools, parallelTools } = request;
  if (tools.length === 0) return {};
  const choice = writeChoice(request, names);
  return {
    tools: tools.map((tool) => writeTool(tool, names, losses)),
    ...(choice !== undefined && { tool_choice: choice }),
    ...(parallelTools !== undefined && { parallel_tool_calls: parallelTools }),
  };
}

/** What is not said to be strict must be said not to be: this API takes absence for strict, unlike the others. */
function writeTool(tool: Tool, names: FittedNames, losses: Losses): Record<string, unknown> {
  if (tool.cache) losses.drop(`${tool.at}.cache_control`);
  const head = { type: tool.kind, name: names.fit(tool.name), ...(tool.description && { description: tool.description }) };
  if (tool.kind === 'custom') return { ...head, ...(tool.format !== undefined && { format: flatFormat(tool.format) }) };
  return { ...head, parameters: objectSchema(tool.schema), strict: tool.strict ?? false };
}

/** Chat nests the grammar one level deeper. */
function flatFormat(format: unknown): unknown {
  return isJsonObject(format) && isJsonObject(format.grammar) ? { type: 'grammar', ...format.grammar } : format;
}

/** OpenAI wants an object with properties at the root, be they none. */
function objectSchema(schema: Tool['schema'] = {}): Record<string, unknown> {
  return { ...schema, type: 'object', properties: isJsonObject(schema.properties) ? schema.properties : {} };
}

function writeChoice({ toolChoice, tools }: MiddleRequest, names: FittedNames): unknown {
  if (!toolChoice) return undefined;
  const named = (name: string) => ({ type: kindOf(name, tools), name: names.fit(name) });
  if (toolChoice.kind === 'tool') return named(toolChoice.name);
  if (toolChoice.kind !== 'allowed') return toolChoice.kind;
  return { type: 'allowed_tools', mode: toolChoice.mode, tools: toolChoice.names.map(named) };
}

function kindOf(name: string, tools: readonly Tool[]): Tool['kind'] {
  return tools.find((tool) => tool.name === name)?.kind ?? 'function';
}
