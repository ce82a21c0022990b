import { test } from 'tap';
import type { GatewayConfig } from '../config.js';
import { UpstreamTable } from './upstream-table.js';

function config(upstreams: Record<string, string>, connect = 2000): GatewayConfig {
  const credentials = [{ id: 'k1', key: 'sk-one', weight: 1 }];
  return {
    timeouts: { connect },
    upstreams: Object.entries(upstreams).map(([name, baseUrl]) => ({
      name,
      protocol: 'openai',
      api: 'auto',
      baseUrl,
      credentials,
    })),
  } as unknown as GatewayConfig;
}

test('an upstream is found by name, with its credentials and its base URL’s own path', async (t) => {
  const table = new UpstreamTable();
  t.teardown(() => table.close());
  table.configure(config({ plain: 'http://127.0.0.1:9', deep: 'https://example.test/openai/v2/' }));
  t.equal(table.get('plain')?.basePath, '');
  t.equal(table.get('deep')?.basePath, '/openai/v2');
  t.equal(table.get('deep')?.credentials.get('k1')?.key, 'sk-one');
  t.equal(table.get('other'), undefined);
});

test('upstreams of one origin share their connections', async (t) => {
  const table = new UpstreamTable();
  t.teardown(() => table.close());
  table.configure(config({ a: 'http://127.0.0.1:9/a', b: 'http://127.0.0.1:9/b', c: 'http://127.0.0.1:10' }));
  t.equal(table.get('a')?.connection, table.get('b')?.connection);
  t.not(table.get('a')?.connection, table.get('c')?.connection);
});

test('a reload keeps connections whose origin stays, and closes those nobody needs', async (t) => {
  const table = new UpstreamTable();
  t.teardown(() => table.close());
  table.configure(config({ a: 'http://127.0.0.1:9', b: 'http://127.0.0.1:10' }));
  const [a, b] = [table.get('a')?.connection, table.get('b')?.connection];
  t.ok(a && b);
  let closed = false;
  const close = b!.close.bind(b);
  b!.close = () => {
    closed = true;
    return close();
  };
  table.configure(config({ renamed: 'http://127.0.0.1:9' }));
  t.equal(table.get('renamed')?.connection, a);
  t.equal(table.get('a'), undefined);
  t.ok(closed);
});

test('another connect time-out needs other connections', async (t) => {
  const table = new UpstreamTable();
  t.teardown(() => table.close());
  table.configure(config({ a: 'http://127.0.0.1:9' }));
  const before = table.get('a')?.connection;
  table.configure(config({ a: 'http://127.0.0.1:9' }, 500));
  t.not(table.get('a')?.connection, before);
});
