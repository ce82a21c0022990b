import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { headersOf } from '../request-form.js';
import { nginxConfig } from './nginx-config.js';
import { startPeer, whyNoPeer } from './peers.js';

/** Only what lies in the folder can be started by its name, besides Node. */
function pathOnly(t: Test, folder: string): void {
  const before = process.env.PATH;
  process.env.PATH = folder;
  t.teardown(() => {
    process.env.PATH = before;
  });
}

test('a gateway that is not installed is told in one line, with what to do', async (t) => {
  pathOnly(t, t.testdir());
  t.match(await whyNoPeer('nginx'), /^no nginx column: no nginx on PATH$/);
  t.match(await whyNoPeer('litellm'), /^no litellm column: .*--peers DIR/);
  t.match(await whyNoPeer('portkey'), /^no portkey column: --peers DIR/);
});

test("a gateway is started with the mock's address and its own key, waited for, and stopped with its folder", async (t) => {
  // Stands for litellm: takes its flags, answers where it is asked whether it lives, and gives its configuration back.
  const script = `#!${process.execPath}
    const { readFileSync } = require('node:fs');
    const flag = (name) => process.argv[process.argv.indexOf(name) + 1];
    const config = readFileSync(flag('--config'), 'utf8');
    require('node:http').createServer((request, response) => response.end(config)).listen(Number(flag('--port')), '127.0.0.1');`;
  const folder = t.testdir({ litellm: { bin: { litellm: script } } });
  chmodSync(join(folder, 'litellm/bin/litellm'), 0o755);
  const peer = await startPeer('litellm', { folder, mockUrl: 'http://127.0.0.1:9', model: 'mock-round', credentials: 3 });
  const config = (await (await fetch(peer.url)).json()) as {
    model_list: { litellm_params: { api_base: string; api_key: string } }[];
  };
  t.same(
    config.model_list.map(({ litellm_params }) => [litellm_params.api_base, litellm_params.api_key]),
    [1, 2, 3].map((number) => ['http://127.0.0.1:9/v1', `sk-load-${number}`]),
  );
  t.ok(peer.pids().length > 0);
  await peer.stop();
  await t.rejects(fetch(peer.url));
});

test('nginx relays without buffering, over kept connections, with one key for all', async (t) => {
  const config = nginxConfig({ port: 8081, mockUrl: 'http://127.0.0.1:9001', credential: 'sk-load-1', folder: '/tmp/x' });
  for (const line of ['listen 127.0.0.1:8081', 'server 127.0.0.1:9001; keepalive', 'proxy_buffering off', 'Bearer sk-load-1'])
    t.ok(config.includes(line), line);
  t.equal(config.split('{').length, config.split('}').length, 'braces are closed');
});

test('headers that a gateway wants of every request go with each', async (t) => {
  const form = { dialect: 'chat', stream: true, headers: { 'x-portkey-provider': 'openai' } } as const;
  t.match(headersOf(form, 'k'), { authorization: 'Bearer k', 'x-portkey-provider': 'openai' });
});
