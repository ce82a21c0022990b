import { test } from 'tap';
import type { CpuGroup } from './cpu-group.js';
import { ShareKeeper, type Shares } from './share-keeper.js';

const NONE = { periods: 0, throttled: 0, throttledSeconds: 0 };

/** Groups that write down what they are told. */
function spy(): { told: string[]; shares: Shares } {
  const told: string[] = [];
  const member = (name: string) =>
    ({
      add: (pid: number) => told.push(`${name} has ${pid}`) > 0,
      limit: (cores: number) => told.push(`${name} at most ${cores}`),
      throttle: () => NONE,
    }) as unknown as CpuGroup;
  const limitAll = (cores: number): void => void told.push(`all at most ${cores}`);
  const [liftAll, clear] = [() => void told.push('free'), () => void told.push('gone')];
  return { told, shares: { member, limitAll, liftAll, clear, throttle: () => NONE } };
}

test('each process has a group; limits come to the whole first; a process that comes later is limited at once', async (t) => {
  const { told, shares } = spy();
  const living = [10, 11];
  const keeper = new ShareKeeper(
    shares,
    { round: 1, target: 'cluster', workers: 1, users: 1, total: 0.3, each: 0.15 },
    () => living,
  );
  keeper.hold(10);
  t.strictSame(told.splice(0), ['process-10 has 10', 'process-11 has 11']);
  keeper.limit();
  t.strictSame(told.splice(0), ['all at most 0.3', 'process-10 at most 0.15', 'process-11 at most 0.15']);
  living.push(12);
  while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  t.strictSame(told.splice(0), ['process-12 has 12', 'process-12 at most 0.15']);
  keeper.end();
  t.strictSame(told, ['free', 'gone']);
  t.equal(keeper.limited, false);
});
