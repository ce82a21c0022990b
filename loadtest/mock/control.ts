import type { IncomingMessage, ServerResponse } from 'node:http';
import { judgeHealth, metricsText, readHostMemory } from './health.js';
import type { FaultRule, Ledger, Slots } from './ledger.js';

const MOST_JOURNAL = 2_000;

/** What tests and load runs ask of the mock: `/health`, `/metrics` and `/_mock/…`. False: not one of these paths. */
export async function answerControl(
  ledger: Ledger,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  readBody: () => Promise<unknown>,
): Promise<boolean> {
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /health': {
      const { status, body } = judgeHealth((await ledger.ask({ about: 'slots' })) as Slots, readHostMemory());
      sendJson(response, status, body);
      return true;
    }
    case 'GET /metrics': {
      const stats = await ledger.ask({ about: 'stats', sessions: false });
      response
        .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
        .end(metricsText(stats as Parameters<typeof metricsText>[0]));
      return true;
    }
    case 'GET /_mock/stats':
      sendJson(response, 200, await ledger.ask({ about: 'stats', sessions: url.searchParams.has('sessions') }));
      return true;
    case 'GET /_mock/requests':
      sendJson(
        response,
        200,
        await ledger.ask({ about: 'requests', last: Math.min(MOST_JOURNAL, Number(url.searchParams.get('last') ?? 100)) }),
      );
      return true;
    case 'POST /_mock/reset':
      sendJson(response, 200, await ledger.ask({ about: 'reset' }));
      return true;
    case 'GET /_mock/faults':
      sendJson(response, 200, await ledger.ask({ about: 'rules' }));
      return true;
    case 'DELETE /_mock/faults':
      sendJson(response, 200, await ledger.ask({ about: 'clear-rules' }));
      return true;
    case 'POST /_mock/faults': {
      const answer = (await ledger.ask({ about: 'add-rule', rule: readRule(await readBody()) })) as { error?: string };
      sendJson(response, answer.error === undefined ? 200 : 400, answer);
      return true;
    }
    default:
      return false;
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** `{key|session|model, times, fault}`, where `{status, retryAfter}` and `{fault, n}` are other spellings of a fault's name. */
export function readRule(body: unknown): FaultRule {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { key, session, model, times, n, status, retryAfter } = given;
  const name = String(
    given['fault'] ?? (status === undefined ? '' : `status-${status}${retryAfter === undefined ? '' : `-retry-${retryAfter}`}`),
  );
  const plain = name.replace(/^fault-/, '').replace(/^cut-after-events/, 'cut-fin-after');
  return {
    ...(typeof key === 'string' ? { key } : {}),
    ...(typeof session === 'string' ? { session } : {}),
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof times === 'number' ? { times } : {}),
    fault: n === undefined ? plain : `${plain}-${n}`,
  };
}
