/** A chat client's `tools` and `tool_choice` (edge cases 1, 2, 4). */
import { type Fields, invalid, isText, unsupported } from '../middle/fields.js';
import type { Tool, ToolChoice } from '../middle/request.js';
import type { Leftovers } from './leftovers.js';
import { readCache } from './read-content.js';

export function readTools(body: Fields, leftovers: Leftovers): Tool[] {
  // An answer in `tool_calls` is not what a client of the old form looks for.
  if (body.list('functions')?.length) throw unsupported('functions', "is the old form; the same in 'tools' is understood");
  return body.inners('tools').map((tool) => {
    const read = readTool(tool, leftovers);
    leftovers.of(tool);
    return read;
  });
}

function readTool(tool: Fields, leftovers: Leftovers): Tool {
  const type = tool.text('type') ?? 'function';
  const cache = readCache(tool);
  if (type !== 'function' && type !== 'custom')
    throw unsupported(tool.at('type'), 'is a tool that this model’s provider does not run');
  const said = tool.required(tool.inner(type), type);
  const name = said.required(said.text('name'), 'name');
  if (name === '') throw invalid(said.at('name'), 'is empty');
  const description = said.text('description');
  const common = { kind: type, name, ...(description && { description }), at: tool.path, ...(cache && { cache }) } as const;
  const read: Tool = type === 'custom' ? { ...common, ...readFormat(said) } : { ...common, ...readSchema(said) };
  leftovers.of(said);
  return read;
}

function readSchema(said: Fields): Pick<Tool, 'schema' | 'strict'> {
  const schema = said.object('parameters');
  const strict = said.flag('strict');
  return { ...(schema && { schema }), ...(strict !== undefined && { strict }) };
}

function readFormat(said: Fields): Pick<Tool, 'format'> {
  const format = said.object('format');
  return format && format.type !== 'text' ? { format } : {};
}

export function readToolChoice(body: Fields): ToolChoice | undefined {
  const choice = body.any('tool_choice');
  if (choice === undefined) return undefined;
  if (isText(choice)) return { kind: body.oneOf('tool_choice', ['auto', 'none', 'required']) ?? 'auto' };
  const said = body.inner('tool_choice');
  const type = said?.required(said.text('type'), 'type');
  if (said && type === 'allowed_tools') return readAllowed(said.required(said.inner('allowed_tools'), 'allowed_tools'));
  if (said && (type === 'function' || type === 'custom')) return { kind: 'tool', name: nameIn(said, type) };
  throw unsupported('tool_choice.type', 'is a choice that is not known here');
}

function readAllowed(allowed: Fields): ToolChoice {
  const mode = allowed.oneOf('mode', ['auto', 'required']) ?? 'auto';
  const names = allowed.inners('tools').map((tool) => nameIn(tool, tool.oneOf('type', ['function', 'custom']) ?? 'function'));
  return { kind: 'allowed', names, mode };
}

function nameIn(fields: Fields, type: 'function' | 'custom'): string {
  const said = fields.required(fields.inner(type), type);
  return said.required(said.text('name'), 'name');
}
