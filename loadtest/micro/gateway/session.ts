/** Which session a request belongs to: by header, and by how its prompt begins. */
import { readFields } from '../../../src/gateway/read-fields.js';
import { CHAT_COMPLETIONS } from '../../../src/gateway/route.js';
import { sessionOf } from '../../../src/gateway/session.js';
import type { RoutingFields } from '../../../src/protocol/protocol.js';
import type { Case } from '../measure.js';
import { chatBody } from '../samples.js';

const STICKY = { header: 'x-session-id', ttl: 3_600_000, maxSessions: 1_000, promptPrefix: true };
const NAMESPACE = 'ab'.repeat(32);
const body = chatBody(20);
const fields = readFields(CHAT_COMPLETIONS, body, undefined) as RoutingFields;
const anonymous = { ...fields, sessionHint: undefined };

export const cases: readonly Case[] = [
  { name: 'by header', run: () => sessionOf(NAMESPACE, 'session-1', fields, STICKY), check: isDigest },
  { name: 'by prompt', run: () => sessionOf(NAMESPACE, undefined, anonymous, STICKY), check: isDigest },
  {
    name: `the fields of ${Math.round(body.length / 1024)} KB`,
    run: () => readFields(CHAT_COMPLETIONS, body, undefined),
    check: (found: RoutingFields) => found.model === 'gpt-4o' && found.stream && found.promptPrefix !== undefined,
    batch: 100,
  },
];

function isDigest(session: string | undefined): boolean {
  return session?.length === 22;
}
