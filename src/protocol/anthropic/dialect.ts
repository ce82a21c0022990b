import type { Dialect } from '../middle/dialect.js';
import { readRequest } from './read-request.js';
import { readWhole } from './read-whole.js';
import { MessagesStreamReader } from './stream-reader.js';
import { MessagesStreamWriter } from './stream-writer.js';
import { MessagesWholeWriter } from './whole-writer.js';
import { writeRequest } from './write-request.js';

/** Anthropic's Messages. */
export const messages: Dialect = {
  name: 'messages',
  readRequest,
  writeRequest,
  readWhole,
  createStreamReader: (sink) => new MessagesStreamReader(sink),
  createWholeWriter: (context) => new MessagesWholeWriter(context),
  createStreamWriter: (context) => new MessagesStreamWriter(context),
};
