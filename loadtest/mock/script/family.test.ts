/** Under the name of a known family the scripted model refuses what that family does, and no more. */
import { type Test, test } from 'tap';
import { startMock } from '../testing.js';

type Body = Record<string, unknown>;

async function statusOf(t: Test): Promise<(path: string, body: Body) => Promise<string>> {
  const { port } = await startMock(t);
  return async (path, body) => {
    const more = path === '/v1/responses' ? { input: 'hi' } : { messages: [{ role: 'user', content: 'hi' }] };
    const limit = path === '/v1/messages' ? { max_tokens: 4000 } : {};
    const headers = { 'anthropic-version': '2023-06-01' };
    const init = { method: 'POST', headers, body: JSON.stringify({ ...more, ...limit, ...body }) };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, init);
    return answer.status === 200 ? 'taken' : await answer.text();
  };
}

test('OpenAI’s reasoning models: no max_tokens, no sampling while they think, their own efforts', async (t) => {
  const send = await statusOf(t);
  const chat = (body: Body) => send('/v1/chat/completions', body);
  t.match(await chat({ model: 'gpt-5.1-mock-script', max_tokens: 5 }), /max_completion_tokens/);
  t.equal(await chat({ model: 'gpt-5.1-mock-script', temperature: 0.5 }), 'taken', 'at rest');
  t.match(await chat({ model: 'gpt-5.1-mock-script', temperature: 0.5, reasoning_effort: 'high' }), /"param":"temperature"/);
  t.match(await chat({ model: 'o4-mini-mock-script', temperature: 0.5 }), /"param":"temperature"/);
  t.match(await chat({ model: 'o4-mini-mock-script', stop: 'x' }), /"param":"stop"/);
  t.match(await chat({ model: 'gpt-4.1-mock-script', reasoning_effort: 'low' }), /reasoning_effort/);
  t.match(await send('/v1/responses', { model: 'gpt-4.1-mock-script', include: ['reasoning.encrypted_content'] }), /include/);
});

test('Anthropic’s: adaptive thinking without sampling from 4.7 on, a budget before', async (t) => {
  const send = await statusOf(t);
  const ask = (model: string, body: Body) => send('/v1/messages', { model: `claude-${model}-mock-script`, ...body });
  const enabled = { thinking: { type: 'enabled', budget_tokens: 2000 } };
  const adaptive = { thinking: { type: 'adaptive' } };
  t.match(await ask('opus-4-8', enabled), /thinking: /);
  t.equal(await ask('opus-4-8', adaptive), 'taken');
  t.match(await ask('opus-4-8', { temperature: 0.5 }), /temperature: /);
  t.match(await ask('sonnet-4-5', adaptive), /thinking: /);
  t.equal(await ask('sonnet-4-5', enabled), 'taken');
  t.match(await ask('sonnet-4-5', { temperature: 0.5, top_p: 0.5 }), /top_p: /);
});

test('a compatible server takes what its API has', async (t) => {
  const send = await statusOf(t);
  const body = { model: 'mock-script', max_tokens: 5, temperature: 0.5, reasoning_effort: 'high', stop: 'x' };
  t.equal(await send('/v1/chat/completions', body), 'taken');
});
