/** The frame, with rows that lie: a catalogue that cannot fail proves nothing. */
import { test } from 'tap';
import { ok } from './expect.js';
import { type FaultRow, NotRun, pass } from './row.js';
import { runRows } from './run-rows.js';
import { Site } from './site.js';
import { renderScore, scores } from './table.js';

const row = (id: string, run: FaultRow['run'], more: Partial<FaultRow> = {}): FaultRow => ({
  ...{ id, title: `fault ${id}`, promise: 'kept', length: 'quick', needs: [], run },
  ...more,
});

test('a row passes, fails by what it throws, hangs, or is not run', async (t) => {
  const site = await Site.start({ home: '/nowhere', models: [] });
  t.teardown(() => site.stop());
  let ended = 0;
  const rows = [
    row('U1', async (bench) => {
      bench.onEnd(() => ended++);
      return pass('fine');
    }),
    row('U2', async () => {
      ok(false, 'it was cut');
      return pass('never');
    }),
    row('U3', () => new Promise(() => {}), { boundSeconds: 0.2 }),
    row('U4', async () => {
      throw new NotRun('no such thing here');
    }),
    row('C1', async () => pass('fine'), { needs: ['own-gateway'] }),
    row('C2', async () => pass('fine'), { length: 'long' }),
  ];
  const results = await runRows({ rows, site, target: true, long: false, onResult: () => {} });
  t.same(
    results.map(({ id, verdict }) => `${id} ${verdict}`),
    ['U1 pass', 'U2 fail', 'U3 fail', 'U4 not-run', 'C1 not-run', 'C2 not-run'],
  );
  t.equal(results[1]?.reason, 'it was cut');
  t.match(results[2]?.reason, /hung/);
  t.equal(ended, 1, 'what a row started is ended');
  t.match(scores(results).at(-1), { rows: 6, pass: 1, fail: 2, notRun: 3 });
  t.match(renderScore(results), /U Upstreams +4 +1 +2 +1/);
});
