/** Tools and the choice among them, in chat's words (edge cases 1, 2, 4). */
import { invalid, isJsonObject } from '../middle/fields.js';
import type { Losses } from '../middle/losses.js';
import type { MiddleRequest, Tool, ToolChoice } from '../middle/request.js';
import { FittedNames } from '../middle/tool-names.js';
import type { ModelTraits } from './model-traits.js';
import { writeSchema } from './tool-schema.js';

/** What a custom tool's function takes: its text, wrapped. */
const WRAPPED = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false };

/** Where each dialect keeps a tool's schema. */
const SCHEMA = { chat: 'function.parameters', messages: 'input_schema', responses: 'parameters' } as const;

export class WrittenTools {
  /** Of the request: `tools`, `tool_choice`, `parallel_tool_calls`; empty where there is no tool. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Custom tools go as such; else as functions with one `input`. */
  readonly takesCustom: boolean;
  /** By the client's name, those that went as functions. */
  readonly wrapped: readonly string[];
  readonly #from: MiddleRequest['from'];
  readonly #names = new FittedNames();

  /** @throws GatewayError 400 for a choice that names no tool. */
  constructor(request: MiddleRequest, { openai, customTools }: ModelTraits, losses: Losses) {
    this.#from = request.from;
    this.takesCustom = customTools;
    const choice = chosen(request);
    const offered = choice?.kind === 'allowed' && !openai ? onlyAllowed(request.tools, choice.names) : request.tools;
    this.wrapped = customTools ? [] : offered.filter(({ kind }) => kind === 'custom').map(({ name }) => name);
    const tools = offered.map((tool) => this.#write(tool, losses));
    const written = choice && this.#choice(choice, request.tools, openai);
    this.members =
      tools.length === 0
        ? {}
        : {
            tools,
            ...(written !== undefined && { tool_choice: written }),
            ...(request.parallelTools !== undefined && { parallel_tool_calls: request.parallelTools }),
          };
  }

  nameOf(name: string): string {
    return this.#names.fit(name);
  }

  /** Names that had to be shortened, calls of earlier turns included. */
  get given(): Readonly<Record<string, string>> | undefined {
    return this.#names.given;
  }

  #write(tool: Tool, losses: Losses): object {
    if (tool.cache) losses.drop(`${tool.at}.cache_control`);
    if (tool.kind === 'custom') return this.takesCustom ? this.#custom(tool) : this.#wrappedCustom(tool, losses);
    const { schema, exact } = writeSchema(tool.schema);
    if (!exact) losses.drop(`${tool.at}.${SCHEMA[this.#from]}`);
    const { description, strict } = tool;
    return this.#function(tool.name, description, { parameters: schema, ...(strict !== undefined && { strict }) });
  }

  #function(name: string, description: string | undefined, rest: object): object {
    return { type: 'function', function: { name: this.nameOf(name), ...(description && { description }), ...rest } };
  }

  #custom({ name, description, format }: Tool): object {
    const written = {
      name: this.nameOf(name),
      ...(description && { description }),
      ...(format !== undefined && { format: nestedFormat(format) }),
    };
    return { type: 'custom', custom: written };
  }

  /** The grammar is told in words: the model may follow it, and nobody makes it. */
  #wrappedCustom({ name, description, format, at }: Tool, losses: Losses): object {
    const grammar = isJsonObject(format) ? definitionOf(format) : undefined;
    if (format !== undefined) losses.drop(`${at}.format`);
    const told = grammar && `The input follows this grammar:\n${grammar}`;
    return this.#function(name, [description, told].filter((text) => text).join('\n\n') || undefined, { parameters: WRAPPED });
  }

  #choice(choice: ToolChoice, tools: readonly Tool[], openai: boolean): unknown {
    const named = (name: string) => {
      const type = this.takesCustom && tools.find((tool) => tool.name === name)?.kind === 'custom' ? 'custom' : 'function';
      return { type, [type]: { name: this.nameOf(name) } };
    };
    if (choice.kind === 'tool') return named(choice.name);
    if (choice.kind !== 'allowed') return choice.kind;
    if (!openai) return choice.mode;
    return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: choice.names.map(named) } };
  }
}

/** Checked behind the tools: a choice of one that is not there would fail at the upstream, or be ignored. */
function chosen({ toolChoice: choice, tools, fields }: MiddleRequest): ToolChoice | undefined {
  const names = choice?.kind === 'tool' ? [choice.name] : choice?.kind === 'allowed' ? choice.names : [];
  const known = new Set(tools.map(({ name }) => name));
  const at = fields.toolChoice ?? 'tool_choice';
  for (const name of names)
    if (!known.has(name)) throw invalid(at, `names a tool that is not among the tools: '${name.slice(0, 64)}'`);
  if (choice?.kind === 'allowed' && names.length === 0) throw invalid(at, 'allows no tool');
  if (choice?.kind === 'required' && tools.length === 0) throw invalid(at, 'demands a tool where there is none');
  return choice;
}

/** Servers that do not know `allowed_tools` get no others; it costs them their prompt cache. */
function onlyAllowed(tools: readonly Tool[], names: readonly string[]): Tool[] {
  return tools.filter(({ name }) => names.includes(name));
}

/** Responses writes `{type,syntax,definition}`, chat `{type,grammar:{syntax,definition}}`. */
function nestedFormat(format: unknown): unknown {
  if (!isJsonObject(format) || format.type !== 'grammar' || isJsonObject(format.grammar)) return format;
  return { type: 'grammar', grammar: { syntax: format.syntax, definition: format.definition } };
}

function definitionOf(format: { readonly [member: string]: unknown }): string | undefined {
  const grammar = isJsonObject(format.grammar) ? format.grammar : format;
  return typeof grammar.definition === 'string' ? grammar.definition : undefined;
}
