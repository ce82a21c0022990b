import { test } from 'tap';
import { parseBaseUrl } from './base-url.js';

test('what is appended by the gateway is taken off, slashes too', (t) => {
  for (const written of ['http://host', 'HTTP://host/', 'http://host///', 'http://host/v1', 'http://host//v1//'])
    t.equal(parseBaseUrl(written), 'http://host', written);
  t.equal(parseBaseUrl('https://host:8443/api/v1/'), 'https://host:8443/api');
  t.equal(parseBaseUrl('https://host/api//v2'), 'https://host/api//v2');
  t.end();
});

test('a million slashes that something follows are no work', (t) => {
  const path = `${'/'.repeat(1_000_000)}x`;
  // Would take minutes by a search that begins anew at each slash.
  t.equal(parseBaseUrl(`http://host${path}`)?.length, 'http://host'.length + path.length);
  t.end();
});
