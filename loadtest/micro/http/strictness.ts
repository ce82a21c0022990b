/** What is looked at before a request is routed. */
import type { IncomingMessage } from 'node:http';
import { strictFault } from '../../../src/http/strictness.js';
import type { Case } from '../measure.js';

const rawHeaders = [
  'host',
  'gateway.example:8080',
  'authorization',
  'Bearer key',
  'content-type',
  'application/json',
  'user-agent',
  'OpenAI/JS',
  'content-length',
  '512',
];
const request = { url: '/v1/chat/completions', httpVersionMinor: 1, rawHeaders } as IncomingMessage;
const smuggler = { ...request, rawHeaders: [...rawHeaders, 'transfer-encoding', 'xchunked'] } as IncomingMessage;

export const cases: readonly Case[] = [
  { name: 'a plain request', run: () => strictFault(request), check: (fault: unknown) => fault === undefined },
  { name: 'an odd transfer encoding', run: () => strictFault(smuggler), check: (fault: unknown) => typeof fault === 'string' },
];
