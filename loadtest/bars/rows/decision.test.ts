import { test } from 'tap';
import { readBench } from './decision.js';

const OUTPUT = `| store | decisions/s asked | made | new p50 µs | new p99 µs | new max ms | known µs | credentials differ by |
|---|---|---|---|---|---|---|---|
| embedded, IPC | 2000 | 2000 | 101 | 450 | 2.1 | 0.35 | 1 |
| Redis, unix socket | 1000 | 1000 | 150 | 1200 | 4.0 | 0.36 | 1 |
`;

test("the bench's table is read by the names of its columns", async (t) => {
  t.same(readBench(OUTPUT), [
    { store: 'embedded, IPC', rate: '2000', p50: 0.101, p99: 0.45 },
    { store: 'Redis, unix socket', rate: '1000', p50: 0.15, p99: 1.2 },
  ]);
});

test('a bench that said nothing gives nothing', async (t) => {
  t.same(readBench(''), []);
});
