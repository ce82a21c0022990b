import { test } from 'tap';
import { LateUpstream } from './late-upstream.js';
import type { Upstream, UpstreamExchange, UpstreamFault, UpstreamListener, UpstreamRequest } from './upstream.js';

const REQUEST: UpstreamRequest = { method: 'POST', path: '/', headers: [], body: null };

class Heard implements UpstreamListener {
  fault: UpstreamFault | undefined;
  onHeaders(): void {}
  onData(): void {}
  onEnd(): void {}
  onError(fault: UpstreamFault): void {
    this.fault = fault;
  }
}

/** An upstream that notes what is asked of it. */
function recording(): { upstream: Upstream; calls: string[] } {
  const calls: string[] = [];
  const note = (call: string) => () => void calls.push(call);
  const exchange: UpstreamExchange = { pause: note('pause'), resume: note('resume'), stop: note('stop') };
  const send = (): UpstreamExchange => {
    calls.push('send');
    return exchange;
  };
  return { upstream: { send, close: async () => void calls.push('close') }, calls };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a request waits for its client, and what was wished meanwhile holds', async (t) => {
  const { upstream, calls } = recording();
  const late = new LateUpstream(Promise.resolve(upstream));
  const exchange = late.send(REQUEST, new Heard());
  exchange.pause();
  t.same(calls, []);
  await turn();
  t.same(calls, ['send', 'pause']);
  exchange.resume();
  exchange.stop();
  await late.close();
  t.same(calls, ['send', 'pause', 'resume', 'stop', 'close']);
});

test('a request stopped while its client loads is never sent', async (t) => {
  const { upstream, calls } = recording();
  new LateUpstream(Promise.resolve(upstream)).send(REQUEST, new Heard()).stop();
  await turn();
  t.same(calls, []);
});

test('a client that cannot be loaded is a failed connection, and closing it is no trouble', async (t) => {
  const late = new LateUpstream(Promise.reject(new Error('no such file')));
  const heard = new Heard();
  late.send(REQUEST, heard);
  await late.close();
  await turn();
  t.equal(heard.fault?.kind, 'connect');
});
