import { test } from 'tap';
import { BodyClock } from './body-clock.js';

test('a body has its grace and a second for every 500 bytes; then it is late, once', (t) => {
  const clock = new BodyClock(() => 2_000);
  const late: string[] = [];
  const body = (name: string, received: number) => {
    const reading = { startedAt: 0, received, late: () => void late.push(name) };
    clock.add(reading);
    return reading;
  };
  const [none, some, much] = [body('none', 0), body('some', 1_000), body('much', 50_000)];
  clock.look(2_000);
  t.same(late, []);
  clock.look(2_001);
  t.same(late, ['none']);
  clock.look(4_001);
  t.same(late, ['none', 'some']);
  clock.look(60_000);
  t.same(late, ['none', 'some']);
  for (const reading of [none, some, much]) clock.remove(reading);
  clock.look(1e9);
  t.same(late, ['none', 'some'], 'what was read to its end is never late');
  t.end();
});
