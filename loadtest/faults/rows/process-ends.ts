/** P: gateways that are asked to end or to begin anew, and machines that run short of descriptors, of readers and of time. */
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { signal } from '../children.js';
import { type Answer, ask, tell } from '../client/ask.js';
import { Load } from '../client/load.js';
import { atMost, equal, ok, until } from '../expect.js';
import { gatewayConfig, modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { clocksOf } from '../process/clocks.js';
import { openStreams, paceUpstream, tally } from '../process/streams.js';
import { type FaultRow, pass } from '../row.js';

const NEEDS = ['own-gateway', 'linux'] as const;
const COMMON = { length: 'quick', needs: NEEDS, alone: true, boundSeconds: 120 } as const;
const STREAMS = 200;

function wishFor(id: string, drainSeconds = 10) {
  return { models: modelsFor(id, { forms: ['chat'], credentials: 3 }), config: { server: { drainSeconds } } };
}

/** Streams open, SIGTERM, maybe another: how the streams ended, and the gateway. */
async function terminate(bench: Bench, id: string, { drain, tokens, again }: { drain: number; tokens: number; again: boolean }) {
  const gateway = await bench.startGateway(wishFor(id, drain));
  paceUpstream(bench, `${id}-chat-a`, tokens, 60);
  const { ended } = await openStreams(gateway.origin, `${id}-chat`, STREAMS);
  const began = performance.now();
  signal(gateway.pid, 'SIGTERM');
  // Two signals that come before the first is heard are one.
  await until('it drains', () => gateway.stderr.some((line) => line.includes('"draining"')));
  if (again) signal(gateway.pid, 'SIGTERM');
  const { code } = await gateway.exit;
  const ms = performance.now() - began;
  return { ends: tally(await ended), code, ms };
}

/** Kept connections of their own, one for each agent. */
function agents(count: number): Agent[] {
  return Array.from({ length: count }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
}

/** A keep-alive client whose request met a closing connection: everything but an answer, or a refusal to connect. */
function isReset({ outcome, fault = '' }: Answer): boolean {
  return outcome === 'cut' || (outcome === 'no-answer' && !fault.includes('ECONNREFUSED'));
}

/** Known sessions, whole and streamed, at a steady rate. */
function sessionLoad(origin: string, id: string): Load {
  return new Load(origin, { rate: 30, sessions: 9, wishes: [{ model: `${id}-chat` }, { model: `${id}-chat`, stream: true }] });
}

function keyChanges({ answers }: Load): number {
  const seen = new Map<string, Set<unknown>>();
  for (const { session = '', headers } of answers)
    seen.set(session, (seen.get(session) ?? new Set()).add(headers['x-gateway-credential']));
  return [...seen.values()].filter((credentials) => credentials.size > 1).length;
}

/** Of its log, milliseconds since the epoch as it believes. */
function newestTime({ stderr }: GatewayProcess): number {
  const line = stderr.findLast((text) => text.startsWith('{')) ?? '{}';
  return Number((JSON.parse(line) as { time?: number }).time);
}

export const PROCESS_END_ROWS: readonly FaultRow[] = [
  {
    id: 'P8',
    title: 'SIGTERM under 200 streams; beyond the grace; twice',
    promise:
      'Within the grace streams are whole and it exits 0; beyond it they end by an error in the stream; a second signal ends it at once.',
    ...COMMON,
    async run(bench) {
      const whole = await terminate(bench, 'p8', { drain: 20, tokens: 30, again: false });
      equal([whole.ends, whole.code], [{ complete: STREAMS }, 0], 'within the grace');
      const late = await terminate(bench, 'p8', { drain: 1, tokens: 2_000, again: false });
      equal([late.ends, late.code], [{ 'in-band-error': STREAMS }, 0], 'beyond the grace');
      const twice = await terminate(bench, 'p8', { drain: 30, tokens: 2_000, again: true });
      atMost(twice.ms, 5_000, 'ms until it was gone after two signals');
      ok(twice.code !== 0, 'an exit code that says so');
      return pass('whole, ended by an error, ended at once', {
        streams: STREAMS,
        'within ms': Math.round(whole.ms),
        'beyond ms': Math.round(late.ms),
        'twice ms': Math.round(twice.ms),
      });
    },
  },
  {
    id: 'P9',
    title: 'SIGTERM while clients with kept connections send',
    promise: 'What was sent on a connection that stood is answered, not reset; open idle connections do not keep the gateway.',
    ...COMMON,
    async run(bench) {
      const gateway = await bench.startGateway(wishFor('p9'));
      const clients = agents(40);
      const once = (agent: Agent): Promise<Answer> => ask(gateway.origin, { model: 'p9-chat', agent, patience: 15_000 });
      for (const answer of await Promise.all(clients.map(once))) equal(answer.outcome, 'complete', 'before');
      const idle = Array.from({ length: 5 }, () => connect(gateway.port, '127.0.0.1').on('error', () => {}));
      const late = clients.map(async (agent, index) => {
        await sleep(index * 2);
        return once(agent);
      });
      await sleep(20);
      const signalled = performance.now();
      signal(gateway.pid, 'SIGTERM');
      const answers = await Promise.all(late);
      const { code } = await gateway.exit;
      const gone = performance.now() - signalled;
      for (const socket of idle) socket.destroy();
      for (const agent of clients) agent.destroy();
      const resets = answers.filter(isReset);
      equal(code, 0, 'the exit code');
      equal(resets.length, 0, `requests reset (${resets[0] ? tell(resets[0]) : ''})`);
      atMost(gone, 5_000, 'ms until it was gone, with idle connections and nothing in flight (drain: 10 s)');
      const answered = answers.filter(({ outcome }) => outcome === 'complete').length;
      return pass('answered or never taken', {
        sent: answers.length,
        answered,
        resets: 0,
        'gone ms': Math.round(gone),
      });
    },
  },
  {
    id: 'P10',
    title: 'five rolling restarts and five reloads under load',
    promise: 'No request fails; sessions keep their credential.',
    ...COMMON,
    async run(bench) {
      const gateway = await bench.startGateway(wishFor('p10'));
      const load = sessionLoad(gateway.origin, 'p10');
      const logged = (words: string): number => gateway.stderr.filter((line) => line.includes(words)).length;
      await sleep(500);
      for (let round = 1; round <= 5; round++) {
        signal(gateway.pid, 'SIGUSR2');
        await until('the restart is done', () => logged('rolling restart done') === round, 40_000);
        signal(gateway.pid, 'SIGHUP');
        await until('the reload is done', () => logged('configuration reloaded') === round, 10_000);
      }
      await sleep(300);
      const report = await load.stop();
      equal(report.lost.length, 0, `requests lost (${report.lost[0]})`);
      equal(keyChanges(load), 0, 'sessions that changed their credential');
      return pass('nothing lost, sessions stayed', {
        requests: report.asked,
        'p99 ms': Math.round(report.p99),
        'slowest ms': Math.round(report.slowest),
      });
    },
  },
  {
    id: 'P11',
    title: 'reload with a broken config under load',
    promise: 'The old one stays in use, the fault is said, nothing is lost.',
    ...COMMON,
    async run(bench) {
      const wish = wishFor('p11');
      const gateway = await bench.startGateway(wish);
      const before = gateway.workers();
      const load = sessionLoad(gateway.origin, 'p11');
      await sleep(400);
      gateway.write({ ...gatewayConfig(wish, bench.wall.origin), upstreams: [{ name: 'p11', nonsense: true }] });
      signal(gateway.pid, 'SIGHUP');
      await until('the fault is said', () => gateway.stderr.some((line) => line.includes('has faults')));
      await sleep(600);
      const report = await load.stop();
      equal(report.lost.length, 0, `requests lost (${report.lost[0]})`);
      equal([gateway.workers(), keyChanges(load)], [before, 0], 'workers and moved sessions');
      return pass('old config in use, fault said', { requests: report.asked });
    },
  },
  {
    id: 'P12',
    title: 'file descriptors run out (256 a process)',
    promise: 'What is over the bound is refused; nothing dies; requests are served again once descriptors are back.',
    ...COMMON,
    async run(bench) {
      const limited = ['sh', '-c', 'ulimit -n 256; exec "$0" "$@"'];
      const gateway = await bench.startGateway(wishFor('p12'), { wrapper: limited });
      const before = gateway.workers();
      const sockets: Socket[] = [];
      for (let index = 0; index < 600; index++) sockets.push(connect(gateway.port, '127.0.0.1').on('error', () => {}));
      await sleep(1_500);
      const during = await ask(gateway.origin, { model: 'p12-chat', patience: 5_000 });
      for (const socket of sockets) socket.destroy();
      const back = await until('requests are served', async () => {
        return (await ask(gateway.origin, { model: 'p12-chat', patience: 3_000 })).outcome === 'complete';
      });
      equal(gateway.workers(), before, 'the workers');
      return pass('shed, then served', { connections: 600, 'one more got': tell(during), 'served again ms': Math.round(back) });
    },
  },
  {
    id: 'P13',
    title: 'nobody reads the log; then its pipe is closed',
    promise: 'Serving goes on; lines are dropped.',
    ...COMMON,
    async run(bench) {
      const gateway = await bench.startGateway(wishFor('p13'), { env: { LOG_LEVEL: 'trace' } });
      gateway.child.stdout?.pause();
      gateway.child.stderr?.pause();
      const load = new Load(gateway.origin, {
        rate: 100,
        wishes: [{ model: 'p13-chat' }, { model: 'no-such-model', text: null }],
      });
      for (let round = 0; round < 40; round++) {
        signal(gateway.pid, 'SIGHUP');
        await sleep(60);
      }
      gateway.child.stderr?.destroy();
      gateway.child.stdout?.destroy();
      await sleep(1_000);
      await load.stop();
      const good = load.answers.filter(({ outcome }) => outcome === 'complete').length;
      const refused = load.answers.filter(({ status }) => status === 404).length;
      equal(good + refused, load.answers.length, 'answers or proper refusals');
      const last = await ask(gateway.origin, { model: 'p13-chat' });
      equal(last.outcome, 'complete', 'after the pipe was closed');
      return pass('served on', { requests: load.answers.length, 'p99 ms': Math.round(load.report().p99) });
    },
  },
  {
    id: 'P14',
    title: 'the clock jumps an hour forward, then back',
    promise: 'No session moves, a rest ends when it should.',
    ...COMMON,
    async run(bench) {
      const told: string[] = [];
      for (const [index, { name: fault, env, strike }] of clocksOf(bench).entries()) {
        const id = `p14${index}`;
        const gateway = await bench.startGateway(wishFor(id), { env });
        const load = sessionLoad(gateway.origin, id);
        await sleep(700);
        let struck = 0;
        bench.wall.on(`${id}-chat-a`, (call) => {
          if (struck++ === 0) call.error(429, {}, 'retry-after: 3');
          else void call.healthy();
        });
        await until('a credential rests', () => struck > 1);
        strike(gateway);
        await until(`${fault}: its log is an hour off`, async () => {
          signal(gateway.pid, 'SIGHUP');
          return Math.abs(newestTime(gateway) - Date.now()) > 3_000_000;
        });
        await sleep(1_000);
        const report = await load.stop();
        equal(report.lost.length, 0, `${fault}: requests lost (${report.lost[0]})`);
        atMost(keyChanges(load), 3, `${fault}: sessions that moved (those of the credential that rests may)`);
        await until(
          `${fault}: all credentials are asked again`,
          async () => {
            bench.wall.forget(`${id}-chat-a`);
            for (let index = 0; index < 12; index++) await ask(gateway.origin, { model: `${id}-chat` });
            return new Set(bench.wall.callsOf(`${id}-chat-a`).map(({ credential }) => credential)).size === 3;
          },
          15_000,
        );
        told.push(`${fault} ${report.asked} requests`);
      }
      return pass('nothing lost, sessions stayed, the rest ended', { runs: told.join(' and ') });
    },
  },
];
