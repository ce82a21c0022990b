/** `tools` and `tool_choice`. What the provider runs itself is refused by name: no other model has it; a search merely offered is let go. */
import { Fields, invalid, isText, unsupported } from '../middle/fields.js';
import type { Tool, ToolChoice } from '../middle/request.js';
import { noteRest } from './note-rest.js';

/**
 * A search that the provider runs, offered beside the client's own tools (Codex does so by default), is let go by name: the
 * model can do without. As the only tool it is what the request is about.
 */
const OFFERED = /^web_search/;

export function readTools(body: Fields, lost: string[]): Tool[] {
  const tools = body.inners('tools');
  const hasOwn = tools.some(({ value: { type } }) => type === 'function' || type === 'custom');
  const left = tools.filter(({ value: { type } }) => hasOwn && isText(type) && OFFERED.test(type));
  lost.push(...left.map((tool) => tool.path));
  return tools
    .filter((tool) => !left.includes(tool))
    .map((tool) => {
      const read = readTool(tool);
      noteRest(tool, lost);
      return read;
    });
}

function readTool(tool: Fields): Tool {
  const type = tool.required(tool.text('type'), 'type');
  if (type !== 'function' && type !== 'custom')
    throw unsupported(tool.at('type'), `is '${type.slice(0, 64)}', a tool that the model that serves this request does not have`);
  const description = tool.text('description');
  const name = tool.required(tool.text('name'), 'name');
  const head = { name, ...(description && { description }), at: tool.path };
  if (type === 'custom') return customTool(tool, head);
  const schema = tool.object('parameters');
  const strict = tool.flag('strict');
  return { kind: 'function', ...head, ...(schema && { schema }), ...(strict !== undefined && { strict }) };
}

/** A `text` format is what no format means. */
function customTool(tool: Fields, head: Pick<Tool, 'name' | 'at'>): Tool {
  const format = tool.object('format');
  return { kind: 'custom', ...head, ...(format && format.type !== 'text' && { format }) };
}

/** @throws GatewayError 400 for a tool that is not among `tools`. */
export function readToolChoice(body: Fields, tools: readonly Tool[]): ToolChoice | undefined {
  const choice = body.any('tool_choice');
  if (choice === undefined) return undefined;
  if (isText(choice)) {
    const kind = body.oneOf('tool_choice', ['auto', 'none', 'required']);
    // Without tools the two say nothing.
    return kind === undefined || (tools.length === 0 && kind !== 'required') ? undefined : { kind };
  }
  return readNamedChoice(new Fields(choice, 'tool_choice'), tools);
}

function readNamedChoice(choice: Fields, tools: readonly Tool[]): ToolChoice {
  const type = choice.required(choice.text('type'), 'type');
  if (type === 'function' || type === 'custom') return { kind: 'tool', name: knownName(choice, tools) };
  if (type !== 'allowed_tools')
    throw unsupported(
      choice.at('type'),
      `is '${type.slice(0, 64)}', a tool that the model that serves this request does not have`,
    );
  const mode = choice.oneOf('mode', ['auto', 'required']) ?? 'auto';
  return { kind: 'allowed', mode, names: choice.inners('tools').map((tool) => knownName(tool, tools)) };
}

function knownName(fields: Fields, tools: readonly Tool[]): string {
  const name = fields.required(fields.text('name'), 'name');
  if (!tools.some((tool) => tool.name === name)) throw invalid(fields.at('name'), "names none of 'tools'");
  return name;
}
