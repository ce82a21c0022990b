/** `tools` and `tool_choice`. */
import { type Fields, invalid, unsupported } from '../middle/fields.js';
import type { MiddleRequest, Tool } from '../middle/request.js';
import { noteRest } from './read-rest.js';
import { readCache } from './read-text.js';

export function readTools(fields: Fields, lost: string[]): Tool[] {
  return fields.inners('tools').map((tool) => readTool(tool, lost));
}

function readTool(tool: Fields, lost: string[]): Tool {
  const type = tool.text('type') ?? 'custom';
  // Run by Anthropic (web_search…) or known to its models by this type alone (bash…): no other model has them.
  if (type !== 'custom') throw unsupported(tool.at('type'), `names a tool of Anthropic's own, '${type.slice(0, 64)}'`);
  const name = tool.required(tool.text('name'), 'name');
  const [description, strict, schema] = [tool.text('description'), tool.flag('strict'), tool.object('input_schema')];
  const read: Tool = {
    kind: 'function',
    at: tool.path,
    name,
    ...(description && { description }),
    ...(schema && { schema }),
    ...(strict !== undefined && { strict }),
    ...readCache(tool),
  };
  noteRest(tool, lost);
  return read;
}

export function readToolChoice(
  fields: Fields,
  tools: readonly Tool[],
  lost: string[],
): Pick<MiddleRequest, 'toolChoice' | 'parallelTools'> {
  const choice = fields.inner('tool_choice');
  if (!choice) return {};
  const kind = choice.oneOf('type', ['auto', 'any', 'tool', 'none']);
  const type = choice.required(kind, 'type');
  const alone = choice.flag('disable_parallel_tool_use') ? { parallelTools: false } : {};
  if (type !== 'tool') {
    noteRest(choice, lost);
    return { toolChoice: { kind: type === 'any' ? 'required' : type }, ...alone };
  }
  const name = choice.required(choice.text('name'), 'name');
  noteRest(choice, lost);
  if (!tools.some((tool) => tool.name === name)) throw invalid(choice.at('name'), "names a tool that is not among 'tools'");
  return { toolChoice: { kind: 'tool', name }, ...alone };
}
