import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { ChannelListener } from './channel-listener.js';

/** A connection that does what the test says. */
class FakeConnection extends EventEmitter {
  gone = false;
  answers = true;

  async subscribe(): Promise<void> {}

  ping(): Promise<void> {
    return this.answers ? Promise.resolve() : new Promise(() => {});
  }

  disconnect(): void {
    this.gone = true;
  }
}

function listen() {
  const connections: FakeConnection[] = [];
  const heard: boolean[] = [];
  const texts: string[] = [];
  const open = () => {
    const connection = new FakeConnection();
    connections.push(connection);
    setImmediate(() => connection.emit('ready'));
    return connection;
  };
  const ears = { onMessage: (text: string) => void texts.push(text), onState: (state: boolean) => void heard.push(state) };
  return { connections, heard, texts, listener: new ChannelListener(open, 'channel', ears, () => 1) };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tick = 0; tick < 3_000 && !holds(); tick++) await sleep(10);
}

test('a connection that ends is told and replaced', async (t) => {
  const { connections, heard, texts, listener } = listen();
  t.teardown(() => listener.close());
  await until(() => heard.length === 1);
  connections[0]!.emit('message', 'channel', 'first');
  connections[0]!.emit('end');
  connections[0]!.emit('message', 'channel', 'too late');
  await until(() => heard.length === 3);
  t.same(heard, [true, false, true]);
  t.same(texts, ['first']);
  t.equal(connections.length, 2);
});

test('a connection that says nothing is given up', async (t) => {
  const { connections, heard, listener } = listen();
  t.teardown(() => listener.close());
  await until(() => heard.length === 1);
  connections[0]!.answers = false;
  await until(() => heard.length === 3);
  t.same(heard, [true, false, true]);
  t.equal(connections[0]!.gone, true);
});

test('closed, nothing is told or opened any more', async (t) => {
  const { connections, heard, listener } = listen();
  await until(() => heard.length === 1);
  listener.close();
  connections[0]!.emit('end');
  await sleep(50);
  t.same(heard, [true]);
  t.equal(connections.length, 1);
});
