import { test } from 'tap';
import type { GatewayError } from '../../errors.js';
import type { MiddleRequest, Tool } from '../middle/request.js';
import { toolSchema } from './tool-schema.js';
import { writeRequest } from './write-request.js';

const look: Tool = {
  kind: 'function',
  name: 'look',
  description: 'Looks.',
  schema: { type: 'object', properties: {} },
  at: 'tools[0]',
};

function write(request: Partial<MiddleRequest>, model = 'claude-sonnet-4-5') {
  return writeRequest({
    from: 'chat',
    model,
    stream: false,
    system: [],
    turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello', at: 'messages[0].content' }] }],
    tools: [look],
    others: {},
    lost: [],
    fields: { toolChoice: 'tool_choice', reasoning: 'reasoning_effort' },
    ...request,
  });
}

const choiceOf = (request: Partial<MiddleRequest>, model?: string) => write(request, model).body.tool_choice;

test('edge case 1: each choice of tools', async (t) => {
  t.same(choiceOf({ toolChoice: { kind: 'auto' } }), { type: 'auto' });
  t.same(choiceOf({ toolChoice: { kind: 'none' } }), { type: 'none' });
  t.same(choiceOf({ toolChoice: { kind: 'required' } }), { type: 'any' });
  t.same(choiceOf({ toolChoice: { kind: 'tool', name: 'look' } }), { type: 'tool', name: 'look' });
  t.equal(choiceOf({}), undefined);
});

test('a choice of a tool that is not offered, or of none at all, is refused', async (t) => {
  const refused = (request: Partial<MiddleRequest>) => {
    try {
      write(request);
      return undefined;
    } catch (error) {
      return (error as GatewayError).param;
    }
  };
  t.equal(refused({ toolChoice: { kind: 'tool', name: 'gone' } }), 'tool_choice');
  t.equal(refused({ tools: [], toolChoice: { kind: 'required' } }), 'tool_choice');
  t.equal(refused({ tools: [], toolChoice: { kind: 'auto' } }), undefined);
});

test('allowed tools are the only ones that are offered', async (t) => {
  const { body } = write({
    tools: [look, { ...look, name: 'hear' }],
    toolChoice: { kind: 'allowed', names: ['hear'], mode: 'required' },
  });
  t.match(body, { tools: [{ name: 'hear' }], tool_choice: { type: 'any' } });
  t.equal((body.tools as unknown[]).length, 1);
});

test('edge case 2: one tool at a time is said beside auto, never with any, and not without tools', async (t) => {
  t.same(choiceOf({ parallelTools: false }), { type: 'auto', disable_parallel_tool_use: true });
  t.same(choiceOf({ parallelTools: false, toolChoice: { kind: 'required' } }), { type: 'any', disable_parallel_tool_use: true });
  t.same(choiceOf({ parallelTools: false, toolChoice: { kind: 'none' } }), { type: 'none' });
  t.equal(choiceOf({ parallelTools: false, tools: [] }), undefined);
  t.equal(choiceOf({ parallelTools: true }), undefined);
});

test('edge case 3: a forced choice is auto where the model refuses it, and told', async (t) => {
  const forced = { toolChoice: { kind: 'required' }, reasoning: { mode: 'on', effort: 'high' } } as const;
  const budget = write(forced);
  t.match(budget, { body: { tool_choice: { type: 'auto' }, thinking: { type: 'enabled' } }, dropped: ['tool_choice'] });
  const never = write({ toolChoice: { kind: 'required' } }, 'claude-opus-5-5');
  t.match(never, { body: { tool_choice: { type: 'auto' } }, dropped: ['tool_choice'] });
  const adaptive = write(forced, 'claude-opus-4-7');
  t.match(adaptive, { body: { tool_choice: { type: 'any' }, thinking: { type: 'adaptive' } }, dropped: [] });
});

test('edge case 4: no parameters are an empty object, description and strictness stay', async (t) => {
  const { tools } = write({ tools: [{ kind: 'function', name: 'bare', at: 'tools[0]' }] }).body;
  t.same(tools, [{ name: 'bare', input_schema: { type: 'object', properties: {} } }]);
  const strict = { ...look, strict: true, schema: { type: 'object', properties: {}, additionalProperties: false } };
  t.match(write({ tools: [strict] }).body.tools, [{ name: 'look', description: 'Looks.', strict: true }]);
  t.same(write({ tools: [{ ...look, strict: true }] }).dropped, ['tools[].function.strict'], 'strict asks for closed objects');
  t.same(write({ tools: [strict] }, 'claude-sonnet-4-20250514').dropped, ['tools[].function.strict']);
  t.same(write({ tools: [{ ...look, strict: false }] }).dropped, []);
});

test('edge case 4: a union at the root becomes an object that takes any of it', async (t) => {
  const schema = {
    $defs: { b: { properties: { b: { type: 'number' } }, required: ['b', 'kind'] } },
    properties: { kind: { type: 'string' } },
    anyOf: [{ properties: { a: { type: 'string' } }, required: ['a', 'kind'] }, { $ref: '#/$defs/b' }],
  };
  t.same(toolSchema(schema), {
    schema: {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'number' }, kind: { type: 'string' } },
      required: ['kind'],
      $defs: schema.$defs,
    },
    changed: true,
  });
  t.match(toolSchema({ allOf: [{ required: ['a'] }, { required: ['b'] }] }).schema, { required: ['a', 'b'] });
  t.same(toolSchema({ type: ['object', 'null'], properties: {} }).schema, { type: 'object', properties: {} });
  t.same(toolSchema({ $ref: '#/$defs/gone', anyOf: 'x' }).schema, { type: 'object', $ref: '#/$defs/gone', anyOf: 'x' });
  t.same(write({ tools: [{ ...look, schema }] }).dropped, ['tools[].function.parameters']);
});

test('edge case 6: a name that does not fit is shortened in the list, the choice and the history alike', async (t) => {
  const name = `mcp.server/${'x'.repeat(80)}`;
  const { body, hints } = write({ tools: [{ ...look, name }], toolChoice: { kind: 'tool', name } });
  const [written] = body.tools as { name: string }[];
  t.match(written?.name, /^[A-Za-z0-9_-]{1,64}$/);
  t.same(body.tool_choice, { type: 'tool', name: written?.name });
  t.same(hints?.toolNames, { [written?.name ?? '']: name });
});

test('edge case 11: a tool of free text becomes one with a text as input, and is told', async (t) => {
  const patch: Tool = { kind: 'custom', name: 'patch', description: 'Patches.', format: { type: 'grammar' }, at: 'tools[0]' };
  const { body, hints, dropped } = write({ tools: [patch, look] });
  t.same(dropped, ['tools[].custom.format'], 'its grammar is told in words only');
  t.match((body.tools as unknown[])[0], {
    name: 'patch',
    description: /^Patches\.\n\n.*"grammar"/,
    input_schema: { type: 'object', required: ['input'] },
  });
  t.same(hints, { customTools: ['patch'] });
  t.notOk('hints' in write({}));
});
