/** Chat completions: `/v1/chat/completions` of OpenAI, and of the many servers that speak it. */
import type { Dialect } from '../middle/dialect.js';
import { readRequest } from './read-request.js';
import { readWhole } from './read-whole.js';
import { ChatStreamReader } from './stream-reader.js';
import { ChatStreamWriter } from './stream-writer.js';
import { ChatWholeWriter } from './whole-writer.js';
import { writeRequest } from './write-request.js';

export const chat: Dialect = {
  name: 'chat',
  readRequest,
  writeRequest,
  readWhole,
  createStreamReader: (sink) => new ChatStreamReader(sink),
  createWholeWriter: (context) => new ChatWholeWriter(context),
  createStreamWriter: (context) => new ChatStreamWriter(context),
};
