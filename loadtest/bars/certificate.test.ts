import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { test } from 'tap';
import { startMock } from '../mock/testing.js';
import { makeCertificate } from './certificate.js';

/** Status and body of one chat request over TLS; the connection's end alone for one that breaks. */
function ask(port: number, ca: string | undefined, model: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/v1/chat/completions', method: 'POST', ca, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
      },
    );
    call.on('error', reject).end(JSON.stringify({ model, stream: true, messages: [] }));
  });
}

test('the mock speaks HTTPS with the certificate made for it, and only who trusts that certificate is answered', async (t) => {
  const certificate = await makeCertificate();
  t.teardown(() => certificate.remove());
  const mock = await startMock(t, `--tls-cert=${certificate.certFile}`, `--tls-key=${certificate.keyFile}`);
  const ca = await readFile(certificate.certFile, 'utf8');
  const { status, text } = await ask(mock.port, ca, 'mock-instant');
  t.equal(status, 200);
  t.ok(text.endsWith('data: [DONE]\n\n'));
  await t.rejects(ask(mock.port, undefined, 'mock-instant'), /self-signed/);
  await t.rejects(ask(mock.port, ca, 'fault-cut-rst-after-2'), 'a cut is a cut behind TLS too');
  t.equal((await ask(mock.port, ca, 'mock-instant')).status, 200, 'and the mock goes on');
});

test('a certificate and its key are gone when they are not needed any more', async (t) => {
  const certificate = await makeCertificate();
  await certificate.remove();
  t.notOk(existsSync(certificate.keyFile));
});
