#!/usr/bin/env node
/** The first thing that runs: what must happen before the primary's own code is loaded. Then the primary. */
import module from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expectedWorkers } from './cluster/expected-workers.js';
import { listenToSignals } from './cluster/signals.js';
import { dropForksAhead, forkAhead, prepareForks } from './cluster/worker-fork.js';

/** Compiled code is kept beside the bundle where Node can (22.1 for workers, 22.8 here); a folder that cannot be written is no fault. */
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('.compiled', import.meta.url));
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

prepareForks(fileURLToPath(new URL('worker.js', import.meta.url)));
listenToSignals();
process.on('exit', dropForksAhead);
forkAhead(expectedWorkers({ argv: process.argv.slice(2), env: process.env, parallelism: availableParallelism() }));
await import('./primary.js');
