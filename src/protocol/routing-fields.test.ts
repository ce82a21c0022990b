import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'tap';
import { readCommon, readMembers } from './routing-fields.js';

test('a model name that is kept does not keep the body it was read from', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const kept: string[] = [];
  const held = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = held();
  for (let index = 0; index < 40; index++) {
    const body = Buffer.from(JSON.stringify({ prompt: 'x'.repeat(1_000_000), model: `a-model-with-a-long-name-${index}` }));
    const text = body.toString('latin1');
    kept.push(readCommon(text, readMembers(text, new Set(['model']))).model);
  }
  const grown = (held() - before) / 1e6;
  t.equal(kept[39], 'a-model-with-a-long-name-39');
  t.ok(grown < 10, `${grown.toFixed(1)} MB for 40 names out of bodies of 1 MB`);
});
