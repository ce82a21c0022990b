/** From what was understood and the directives to an answer. */
import type { Block, ScriptedAnswer, ScriptUsage, Stop } from './answer.js';
import { Directives } from './directive.js';
import { RequestFault } from './fault.js';
import type { Understood } from './seen.js';
import { isObject } from './shape.js';

export const THOUGHT = 'First I look at what is asked, then I answer: 1 + 1 = 2, naïve as it is ✓.';
export const PLAIN_TEXT = 'Hello from the scripted model. All is well.';
export const REFUSAL = 'I will not do that.';
/** Two to four bytes a character, joined ones, right to left, and what JSON must escape. */
export const UNICODE_TEXT = 'Größe 你好, мир! 🌊 👩‍👩‍👧‍👦 \u2028 "quoted" \\ back\tslash שלום é ￿ 𝄞';
export const JSON_ANSWER = '{"city":"Paris","temperature":18}';
const CITIES = ['Paris', 'Tokyo', 'Lima', 'Oslo'];

/** The shape in which results of tools are quoted. */
export interface Quoted {
  results: Understood['results'];
  thoughts: number;
  calls: string[];
  assistantTexts: string[];
}

/** @throws RequestFault where the script cannot be played with this request, or says to refuse it. */
export function compose(request: Understood): ScriptedAnswer {
  const directives = new Directives(request.lastText);
  refuseAsTold(directives);
  const { blocks, stop } = act(request, directives);
  const thinking = thoughts(request, directives);
  const stopSequence = stop === 'stop-sequence' ? request.seen.stop?.[0] : undefined;
  return {
    blocks: request.silent ? blocks : [...thinking, ...blocks],
    stop,
    ...(stopSequence === undefined ? {} : { stopSequence }),
    usage: usageOf(directives, thinking.length > 0),
    interleaved: directives.has('tools', 'interleaved'),
    ...failureOf(directives),
    splitBytes: directives.has('unicode'),
  };
}

function act(request: Understood, directives: Directives): { blocks: Block[]; stop: Stop } {
  const said = (text: string, stop: Stop = 'end') => ({ blocks: [{ kind: 'text' as const, text }], stop });
  if (directives.has('tools') || directives.has('tool')) return callTools(request, directives);
  if (request.results.length > 0 && directives.none) return said(quote(request));
  if (directives.has('echo')) return said(JSON.stringify(request.seen));
  if (directives.has('refusal')) return { blocks: [{ kind: 'refusal', text: REFUSAL }], stop: 'refusal' };
  if (directives.has('stop-sequence')) return said('Everything up to', stopOf(request));
  if (directives.has('length')) return said('This goes on and', 'length');
  if (directives.has('json')) return said(jsonOf(request));
  if (directives.has('unicode')) return said(UNICODE_TEXT);
  return said(PLAIN_TEXT);
}

function quote({ results, seen }: Understood): string {
  const { thoughts, calls, assistantTexts } = seen;
  return JSON.stringify({ results, thoughts, calls, assistantTexts } satisfies Quoted);
}

function stopOf({ seen }: Understood): Stop {
  if (!seen.stop?.length) throw new RequestFault('stop', 'stop: the script wants a stop sequence, none came');
  return 'stop-sequence';
}

function jsonOf({ seen }: Understood): string {
  if (!seen.format) throw new RequestFault('format', 'format: the script wants an output format, none came');
  return JSON_ANSWER;
}

function callTools(request: Understood, directives: Directives): { blocks: Block[]; stop: Stop } {
  const { tools, toolChoice, parallel } = request.seen;
  if (tools.length === 0) throw new RequestFault('tools', 'tools: the script wants tools, none came');
  const words: Block[] = directives.has('text') || toolChoice === 'none' ? [{ kind: 'text', text: PLAIN_TEXT }] : [];
  if (toolChoice === 'none') return { blocks: words, stop: 'end' };
  const calls = namesToCall(request, directives).map((name, index): Block => {
    const custom = tools.find((tool) => tool.name === name)?.custom === true;
    const input = inputFor(request.schemas.get(name), CITIES[index % CITIES.length] as string, custom);
    return { kind: 'tool', name, input, whole: directives.has('tool', 'whole-arguments'), ...(custom ? { custom } : {}) };
  });
  return { blocks: [...words, ...(parallel === false ? calls.slice(0, 1) : calls)], stop: 'tools' };
}

function namesToCall(request: Understood, directives: Directives): string[] {
  const names = request.seen.tools.map(({ name }) => name);
  const forced = /^tool:(.*)$/.exec(request.seen.toolChoice ?? '')?.[1];
  if (forced !== undefined) return [forced];
  if (directives.has('tool', 'zero-argument')) return [names.find((name) => takesNothing(request, name)) ?? missingTool()];
  if (directives.has('tool')) return names.slice(0, 1);
  const count = Number(directives.argument('tools')) || 2;
  return Array.from({ length: Math.min(count, 16) }, (_, index) => names[index % names.length] as string);
}

/** Every member that the schema names, filled with one text; '' where there is none. */
function inputFor(schema: unknown, text: string, custom: boolean): string {
  if (custom) return text;
  const properties = isObject(schema) ? schema['properties'] : undefined;
  const names = isObject(properties) ? Object.keys(properties) : [];
  return names.length === 0 ? '' : JSON.stringify(Object.fromEntries(names.map((name) => [name, text])));
}

function missingTool(): never {
  throw new RequestFault('tools', 'tools: the script wants a tool without arguments');
}

function takesNothing({ schemas }: Understood, name: string): boolean {
  const schema = schemas.get(name);
  const properties = isObject(schema) ? schema['properties'] : undefined;
  return !isObject(properties) || Object.keys(properties).length === 0;
}

function thoughts({ thinking, omitted }: Understood, directives: Directives): Block[] {
  if (!thinking) return [];
  return [
    ...(directives.has('thinking') ? [{ kind: 'thinking' as const, text: omitted ? '' : THOUGHT }] : []),
    ...(directives.has('redacted') ? [{ kind: 'redacted' as const }] : []),
  ];
}

function usageOf(directives: Directives, thought: boolean): ScriptUsage {
  if (directives.has('usage')) return { input: 1000, cached: 600, written: 300, output: 50, reasoning: 30 };
  return { input: 100, cached: 0, written: 0, output: thought ? 32 : 20, reasoning: thought ? 12 : 0 };
}

function failureOf(directives: Directives): Pick<ScriptedAnswer, 'failure'> {
  if (directives.has('error')) return { failure: 'mid-stream' };
  return directives.has('overloaded') ? { failure: 'overloaded' } : {};
}

/** `[[status 429]]` */
function refuseAsTold(directives: Directives): void {
  const status = Number(directives.argument('status')?.split(' ')[0]);
  if (status >= 400 && status <= 599) throw new RequestFault(null, `Status ${status} as asked.`, { status });
}
