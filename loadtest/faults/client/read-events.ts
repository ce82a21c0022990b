/** A stream's end as a careful client would judge it, in each form: text, whether the end was said, whether an error was. Pure. */
import type { Form } from '../gateway-config.js';

export interface StreamRead {
  text: string;
  /** `[DONE]`, `message_stop`, `response.completed` (or `incomplete`). */
  done: boolean;
  /** The first error event's words. */
  error?: { type: string; message: string };
  /** Events after the end or the error. */
  after: number;
  /** How many answers began: two are one too many. */
  starts: number;
  /** Data that is no JSON. */
  broken: number;
}

interface ErrorJson {
  type?: string;
  code?: string | null;
  message?: string;
  param?: unknown;
}

/** What is looked at in an event or answer of any form; it is foreign, so all of it may be absent. */
interface Json {
  type?: string;
  error?: ErrorJson;
  message?: string;
  response?: { error?: ErrorJson };
  choices?: { delta?: { role?: string; content?: string }; message?: { content?: string } }[];
  delta?: string | { text?: string };
  content?: { text?: string }[];
  output?: { type: string; content?: { text?: string }[] }[];
}

export function readStream(form: Form, body: string): StreamRead {
  const read: StreamRead = { text: '', done: false, after: 0, starts: 0, broken: 0 };
  for (const block of body.split(/\r?\n\r?\n/)) {
    const data = [...block.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1]).join('\n');
    if (data === '') continue;
    if (read.done || read.error) read.after++;
    readEvent(form, data, read);
  }
  return read;
}

function readEvent(form: Form, data: string, read: StreamRead): void {
  if (data === '[DONE]') {
    read.done = true;
    return;
  }
  let event: Json;
  try {
    event = JSON.parse(data) as Json;
  } catch {
    read.broken++;
    return;
  }
  const error: ErrorJson | undefined = event.error ?? (event.type === 'error' ? (event as ErrorJson) : event.response?.error);
  if (error) read.error ??= { type: String(error.type ?? error.code ?? ''), message: String(error.message ?? '') };
  READERS[form](event, read);
}

const READERS: Record<Form, (event: Json, read: StreamRead) => void> = {
  chat: ({ choices }, read) => {
    const delta = choices?.[0]?.delta;
    if (delta?.role) read.starts++;
    read.text += delta?.content ?? '';
  },
  messages: (event, read) => {
    if (event.type === 'message_start') read.starts++;
    if (event.type === 'content_block_delta') read.text += typeof event.delta === 'object' ? (event.delta.text ?? '') : '';
    if (event.type === 'message_stop') read.done = true;
  },
  responses: (event, read) => {
    if (event.type === 'response.created') read.starts++;
    if (event.type === 'response.output_text.delta') read.text += typeof event.delta === 'string' ? event.delta : '';
    if (event.type === 'response.completed' || event.type === 'response.incomplete') read.done = true;
  },
};

/** Text of an answer that is not streamed; undefined when there is none. */
export function readWhole(form: Form, body: string): string | undefined {
  let answer: Json;
  try {
    answer = JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
  if (form === 'chat') return answer.choices?.[0]?.message?.content;
  if (form === 'messages') return answer.content?.[0]?.text;
  return answer.output?.find((item) => item.type === 'message')?.content?.[0]?.text;
}

/** The error of an answer in the form's own shape; undefined when the shape is another's. */
export function readError(form: Form, body: string): { type: string; code: string | null; message: string } | undefined {
  try {
    const answer = JSON.parse(body) as Json;
    const { error } = answer;
    if (typeof error?.message !== 'string' || typeof error?.type !== 'string') return undefined;
    if (form === 'messages')
      return answer.type === 'error' ? { type: error.type, code: null, message: error.message } : undefined;
    return 'code' in error && 'param' in error
      ? { type: error.type, code: error.code ?? null, message: error.message }
      : undefined;
  } catch {
    return undefined;
  }
}
