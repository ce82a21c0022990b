/** `npm run loadtest`: this file is the command and, forked with a mark in its environment, one of its load generators. */
import { fileURLToPath } from 'node:url';
import { runCli } from './cli.js';
import { runGenerator } from './engine/generator.js';
import { GENERATOR_MARK } from './engine/generators.js';

if (process.env[GENERATOR_MARK]) runGenerator();
else process.exit(await runCli(process.argv.slice(2), fileURLToPath(import.meta.url)));
