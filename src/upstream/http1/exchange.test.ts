import { test } from 'tap';
import type { UpstreamFault, UpstreamListener } from '../upstream.js';
import { type Carrier, Exchange } from './exchange.js';

/** Writes down what listener and connection are told, in order. */
function start() {
  const told: string[] = [];
  const note = (what: string) => (value?: unknown) => void told.push(value === undefined ? what : `${what} ${value}`);
  const listener: UpstreamListener = {
    onHeaders: note('headers'),
    onData: note('data'),
    onEnd: note('end'),
    onError: (fault: UpstreamFault) => void told.push(fault.kind),
  };
  const carrier: Carrier = { pause: note('pause'), resume: note('resume'), release: note('release'), destroy: note('destroy') };
  const exchange = new Exchange({ method: 'POST', path: '/', headers: ['a', 'b'], body: Buffer.alloc(1_000) }, listener);
  exchange.connection = carrier;
  return { told, exchange };
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\nkeep-alive: timeout=3\r\n\r\n';

test('a request is kept until its answer begins, and its body no longer', (t) => {
  const { exchange } = start();
  t.equal(exchange.unheard, true);
  t.equal(exchange.request.body?.length, 1_000);
  exchange.read('H');
  t.equal(exchange.unheard, false);
  t.equal(exchange.request.body, null);
  t.end();
});

test('the connection is free before the listener hears the end, so that its next request may take it', (t) => {
  const { told, exchange } = start();
  exchange.read(`${HEAD}hello`);
  t.same(told, ['headers 200', 'data hello', 'release 2000', 'end']);
  t.equal(exchange.connection, undefined);
  t.end();
});

test('a connection with bytes behind the end is given back as not to be used again', (t) => {
  const { told, exchange } = start();
  exchange.read(`${HEAD}hello!`);
  t.same(told, ['headers 200', 'data hello', 'release 0', 'end']);
  t.end();
});

test('an exchange that is over has no say any more', (t) => {
  for (const end of [
    (exchange: Exchange) => exchange.read('hello'),
    (exchange: Exchange) => exchange.stop(),
    (exchange: Exchange) => exchange.fail('broken', new Error('cut')),
  ]) {
    const { told, exchange } = start();
    exchange.read(HEAD);
    end(exchange);
    const heard = told.length;
    exchange.pause();
    exchange.resume();
    exchange.stop();
    exchange.fail('broken', new Error('again'));
    exchange.onBody('late', '');
    exchange.onComplete(false);
    t.equal(told.length, heard);
    t.equal(exchange.paused, false);
  }
  t.end();
});
