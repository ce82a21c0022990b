import { test } from 'tap';
import { readStamp } from './stamp.js';

const FIRST = '{"choices":[],"mock":{"seq":0,"ns":"12345678901234567890","since":"12345678901234000000"}}';

test('the first event says when the request had come and when it was written, exactly', async (t) => {
  const stamp = readStamp(`HTTP/1.1 200 OK\r\n\r\ndata: ${FIRST}\n\n`);
  t.equal((stamp?.writtenAt ?? 0n) - (stamp?.receivedAt ?? 0n), 567890n);
});

test('half a stamp is none, and neither is that of a later event', async (t) => {
  t.equal(readStamp(FIRST.slice(0, -5)), undefined);
  t.equal(readStamp('{"mock":{"seq":1,"ns":"1"}}'), undefined);
});
