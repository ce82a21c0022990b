import { test } from 'tap';
import { readStamp } from './stamp.js';

const OPENING = '{"choices":[],"mock":{"seq":0,"ns":"12345678901234500000","since":"12345678901234000000"}}';
const TOKEN = '{"choices":[],"mock":{"seq":1,"ns":"12345678901234567890"}}';

test('the answer says when the request had come and when its first token was written, exactly', async (t) => {
  const stamp = readStamp(`HTTP/1.1 200 OK\r\n\r\ndata: ${OPENING}\n\ndata: ${TOKEN}\n\n`);
  t.equal((stamp?.writtenAt ?? 0n) - (stamp?.receivedAt ?? 0n), 567890n);
});

test('half a stamp is none, and neither is the opening without a token', async (t) => {
  t.equal(readStamp(OPENING + TOKEN.slice(0, -5)), undefined);
  t.equal(readStamp(OPENING), undefined);
  t.equal(readStamp(OPENING + TOKEN.replace('"seq":1', '"seq":2')), undefined);
});
