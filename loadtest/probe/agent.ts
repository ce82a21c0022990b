/**
 * Loaded into the processes of a gateway that the load harness starts itself (`--import`), for `--profile-cpu` and `--heap`.
 * The gateway knows nothing of it and has no such switch: it listens on a Unix socket in a folder that only the user who
 * runs the harness may enter, and nothing but Node's own inspector stands behind it.
 */
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { getHeapStatistics, writeHeapSnapshot } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { type Answer, type Memory, type Order, PROBE_FOLDER } from './words.js';

const folder = process.env[PROBE_FOLDER];
if (folder && isMainThread) listen(folder);

function listen(place: string): void {
  const session = new Session();
  session.connect();
  const server = createServer((socket) => serve(socket.unref(), session));
  // Exclusive: a worker of a cluster would else ask its primary for the socket, and all would share one.
  server.listen({ path: join(place, `${process.pid}.sock`), exclusive: true });
  server.on('error', () => {});
  server.unref();
}

function serve(socket: Socket, session: Session): void {
  socket.on('error', () => socket.destroy());
  // What befalls the socket befalls its reader too, and would end the gateway if nobody heard it.
  const lines = createInterface({ input: socket }).on('error', () => socket.destroy());
  lines.on('line', (line) => {
    void obey(JSON.parse(line) as Order, session)
      .catch((error: Error): Answer => ({ ok: false, why: error.message }))
      .then((answer) => socket.write(`${JSON.stringify(answer)}\n`));
  });
}

async function obey(order: Order, session: Session): Promise<Answer> {
  if (order.do === 'profile-start') return startProfile(session, order.intervalMicroseconds);
  if (order.do === 'profile-stop') return stopProfile(session, order.file);
  await session.post('HeapProfiler.collectGarbage');
  if (order.do === 'memory') return { ok: true, memory: readMemory() };
  const held = getHeapStatistics().used_heap_size;
  if (held > order.mostBytes) return { ok: false, why: `the heap holds ${Math.round(held / 2 ** 20)} MB` };
  writeHeapSnapshot(order.file);
  return { ok: true, memory: readMemory() };
}

async function startProfile(session: Session, interval: number): Promise<Answer> {
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval });
  await session.post('Profiler.start');
  return { ok: true };
}

async function stopProfile(session: Session, file: string): Promise<Answer> {
  const { profile } = await session.post('Profiler.stop');
  await session.post('Profiler.disable');
  await writeFile(file, JSON.stringify(profile));
  return { ok: true };
}

function readMemory(): Memory {
  const { heapUsed, heapTotal, external, arrayBuffers, rss } = process.memoryUsage();
  return { heapUsed, heapTotal, external, arrayBuffers, rss };
}
