import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'tap';
import { ADMIN_SETTINGS, AddressError, settlePort } from './port.js';

test('port 0 becomes a free port that can then be bound', async (t) => {
  const port = await settlePort('127.0.0.1', 0);
  t.ok(port > 0);
  t.equal(await settlePort('127.0.0.1', port), port);
});

test('a taken port is told with its number and what to do', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  t.teardown(() => holder.close());
  const { port } = holder.address() as AddressInfo;
  await t.rejects(
    settlePort('127.0.0.1', port),
    new AddressError(`Port ${port} on 127.0.0.1 is in use: stop the program that has it, or choose another with --port.`),
  );
});

test('a host that is not of this machine is told as such', async (t) => {
  await t.rejects(settlePort('203.0.113.7', 0), { name: 'AddressError', message: /not an address of this machine/ });
});

test('what to change depends on whose address it is', async (t) => {
  await t.rejects(settlePort('203.0.113.7', 0, ADMIN_SETTINGS), { message: /admin\.host in the config file/ });
});
