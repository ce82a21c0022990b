/** `tools`, `tool_choice` and `parallel_tool_calls` (edge cases 1, 2, 4). */
import { invalid, isJsonObject } from '../middle/fields.js';
import type { Losses } from '../middle/losses.js';
import type { MiddleRequest, Tool } from '../middle/request.js';
import type { FittedNames } from '../middle/tool-names.js';
import { writeSchema } from '../openai/tool-schema.js';

/** How a client calls a tool's schema. */
const SCHEMA: Readonly<Record<MiddleRequest['from'], string>> = {
  chat: 'function.parameters',
  messages: 'input_schema',
  responses: 'parameters',
};

/** Nothing of the three without tools. @throws GatewayError 400 for a choice that cannot be made among them. */
export function writeTools(request: MiddleRequest, names: FittedNames, losses: Losses): Record<string, unknown> {
  const { tools, parallelTools, from } = request;
  const choice = writeChoice(request, names);
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool) => writeTool(tool, SCHEMA[from], names, losses)),
    ...(choice !== undefined && { tool_choice: choice }),
    ...(parallelTools !== undefined && { parallel_tool_calls: parallelTools }),
  };
}

/** What is not said to be strict must be said not to be: this API takes absence for strict, unlike the others. */
function writeTool(tool: Tool, schemaName: string, names: FittedNames, losses: Losses): Record<string, unknown> {
  if (tool.cache) losses.drop(`${tool.at}.cache_control`);
  const head = { type: tool.kind, name: names.fit(tool.name), ...(tool.description && { description: tool.description }) };
  if (tool.kind === 'custom') return { ...head, ...(tool.format !== undefined && { format: flatFormat(tool.format) }) };
  const { schema, exact } = writeSchema(tool.schema);
  if (!exact) losses.drop(`${tool.at}.${schemaName}`);
  return { ...head, parameters: schema, strict: exact && (tool.strict ?? false) };
}

/** Chat nests the grammar one level deeper. */
function flatFormat(format: unknown): unknown {
  return isJsonObject(format) && isJsonObject(format.grammar) ? { type: 'grammar', ...format.grammar } : format;
}

function writeChoice({ toolChoice, tools, fields }: MiddleRequest, names: FittedNames): unknown {
  if (!toolChoice) return undefined;
  const at = fields.toolChoice ?? 'tool_choice';
  const named = (name: string) => {
    const kind = tools.find((tool) => tool.name === name)?.kind;
    if (kind === undefined) throw invalid(at, `names a tool that is not among the tools: '${name.slice(0, 64)}'`);
    return { type: kind, name: names.fit(name) };
  };
  if (toolChoice.kind === 'tool') return named(toolChoice.name);
  if (toolChoice.kind === 'required' && tools.length === 0) throw invalid(at, 'demands a tool where there is none');
  if (toolChoice.kind !== 'allowed') return toolChoice.kind;
  if (toolChoice.names.length === 0) throw invalid(at, 'allows no tool');
  return { type: 'allowed_tools', mode: toolChoice.mode, tools: toolChoice.names.map(named) };
}
