import { test } from 'tap';
import { Caller } from './caller.js';
import { get } from './requests.js';
import { clientPortsOf } from './socket-owners.js';
import { serve } from './testing.js';

test('a process’s clients are known by their ports, and only while they are connected', async (t) => {
  if (process.platform !== 'linux') return t.pass('needs /proc');
  const origin = await serve(t, (_request, response) => void response.end('{}'));
  const port = Number(new URL(origin).port);
  const caller = new Caller(origin);
  await caller.call(get({ origin, key: 'k' }, '/'));
  t.ok(clientPortsOf(process.pid, port).has(caller.localPort ?? 0));
  t.equal(clientPortsOf(process.ppid, port).size, 0, 'another process does not hold them');
  caller.close();
});
