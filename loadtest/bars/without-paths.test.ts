import { test } from 'tap';
import { withoutPaths } from './without-paths.js';

test('folders of the machine are left out, names and relative paths stay', async (t) => {
  t.equal(withoutPaths('chunk --node /home/me/node26/bin/node --keep'), 'chunk --node node --keep');
  t.equal(withoutPaths('--targets cluster,cluster@/tmp/x/dist-old'), '--targets cluster,cluster@dist-old');
  t.equal(withoutPaths("ENOENT: open '/tmp/a/b.js'"), "ENOENT: open 'b.js'");
  t.equal(withoutPaths('no loadtest/reference/go beside /work/x/dist'), 'no loadtest/reference/go beside dist');
  t.equal(withoutPaths('no Go: 1 and/or 2 requests/s'), 'no Go: 1 and/or 2 requests/s');
});
