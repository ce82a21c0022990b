import { test } from 'tap';
import type { GatewayConfig } from '../config.js';
import type { Log } from '../log.js';
import { Lifecycle, type Reread } from './lifecycle.js';
import type { RunningGateway } from './running-gateway.js';

const QUIET = { info() {}, warn() {}, error() {} } as unknown as Log;

function configOf(workers: number): GatewayConfig {
  return { server: { workers, drain: 1 } } as GatewayConfig;
}

/** A gateway that notes what it is told. */
function scripted(reread: () => Promise<Reread>) {
  const told: string[] = [];
  const gateway = {
    start: async () => {},
    configure: (config: GatewayConfig, generation: number) => told.push(`configure ${generation} with ${config.server.workers}`),
    roll: async () => ({ ok: true, replaced: 1 }),
    stop: async () => told.push('stop'),
    kill: () => told.push('kill'),
  } as unknown as RunningGateway;
  const exit = (code: number) => told.push(`exit ${code}`);
  const lifecycle = new Lifecycle({ config: configOf(2), log: QUIET, exit, reread });
  return { told, gateway, lifecycle };
}

const good = async (): Promise<Reread> => ({ ok: true, config: configOf(3), warnings: [] });

test('a good configuration is taken into use with the next generation', async (t) => {
  const { told, gateway, lifecycle } = scripted(good);
  await lifecycle.run(gateway);
  t.match(await lifecycle.reload(), { ok: true, faults: [] });
  t.same(told, ['configure 2 with 3']);
  t.equal(lifecycle.generation, 2);
});

test('a wrong one is refused, the old stays, and the record tells why', async (t) => {
  const { told, gateway, lifecycle } = scripted(async () => ({ ok: false, faults: ['a', 'b'] }));
  await lifecycle.run(gateway);
  t.match(await lifecycle.reload(), { ok: false, faults: ['a', 'b'] });
  t.match(lifecycle.lastReload, { ok: false });
  t.same(told, []);
  t.equal(lifecycle.config.server.workers, 2);
});

test('wishes during a reload are served by one more reload', async (t) => {
  let reads = 0;
  const { gateway, lifecycle } = scripted(async () => {
    reads++;
    return good();
  });
  await lifecycle.run(gateway);
  await Promise.all([lifecycle.reload(), lifecycle.reload(), lifecycle.reload()]);
  t.equal(reads, 2);
});

test('a cluster does not become a single process by a reload', async (t) => {
  const { told, gateway, lifecycle } = scripted(async () => ({ ok: true, config: configOf(0), warnings: [] }));
  await lifecycle.run(gateway);
  await lifecycle.reload();
  t.same(told, ['configure 2 with 2']);
});

test('stop drains before it leaves, once; abort kills and leaves', async (t) => {
  const { told, gateway, lifecycle } = scripted(good);
  await lifecycle.run(gateway);
  await Promise.all([lifecycle.stop('SIGTERM'), lifecycle.stop('SIGTERM')]);
  t.same(told, ['stop', 'exit 0']);
  t.equal(lifecycle.state, 'draining');
  t.match(await lifecycle.restart(), { ok: false, reason: 'the gateway is draining' });
  lifecycle.abort('SIGTERM');
  t.same(told.slice(2), ['kill', 'exit 1']);
});
