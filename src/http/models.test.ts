import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { test } from 'tap';
import { Authenticator } from '../gateway/authenticate.js';
import type { Gateway } from '../gateway/gateway.js';
import { ModelTable } from '../gateway/model-table.js';
import { listModels, showModel } from './models.js';

const keyHash = createHash('sha256').update('sk-app').digest('hex');
const gateway = {
  snapshot: {
    authenticator: new Authenticator([{ name: 'app', keyHash, models: ['gpt-*'] }]),
    models: new ModelTable(['gpt-4o', 'gpt-é', 'claude', '*'].map((name) => ({ name, targets: [] }))),
  },
} as unknown as Gateway;

function ask(handler: (request: IncomingMessage, response: ServerResponse) => void, key = 'sk-app') {
  const seen = { status: 0, headers: {} as OutgoingHttpHeaders, body: '' };
  const response = {
    writeHead: (status: number, headers: OutgoingHttpHeaders) => Object.assign(seen, { status, headers }),
    end: (body: string) => Object.assign(seen, { body }),
  };
  const request = {
    method: 'GET',
    url: '/v1/models',
    complete: true,
    resume() {},
    headers: { authorization: `Bearer ${key}`, 'x-request-id': 'mine' },
  };
  handler(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  return { ...seen, json: JSON.parse(seen.body) };
}

test('the list has the models that this caller may ask for by name', async (t) => {
  const { status, headers, body, json } = ask((request, response) => listModels(gateway, request, response));
  t.equal(status, 200);
  t.same(
    json.data.map(({ id }: { id: string }) => id),
    ['gpt-4o', 'gpt-é'],
  );
  t.match(json, { object: 'list', data: [{ object: 'model', owned_by: 'tidegate', created: Number }] });
  t.match(headers, { 'x-request-id': 'mine', 'content-length': String(Buffer.byteLength(body)) });
});

test('one model is shown under the name it was asked by', async (t) => {
  t.match(
    ask((request, response) => showModel(gateway, request, response, 'gpt-new')),
    { status: 200, json: { id: 'gpt-new', object: 'model' } },
  );
});

test('a model out of bounds is 403, a wrong key 401, both as OpenAI errors', async (t) => {
  const forbidden = ask((request, response) => showModel(gateway, request, response, 'claude'));
  t.match(forbidden, { status: 403, json: { error: { code: 'model_not_allowed' } }, headers: { 'x-request-id': 'mine' } });
  const unknown = ask((request, response) => listModels(gateway, request, response), 'sk-other');
  t.match(unknown, { status: 401, json: { error: { code: 'invalid_api_key' } } });
});
