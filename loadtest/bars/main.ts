/** `npm run bars`: this file is the command and, forked with a mark in its environment, one of its client processes. */
import { fileURLToPath } from 'node:url';
import { CLIENT_MARK } from './client.js';
import { runClientProcess } from './client-process.js';
import { barsCommand } from './command.js';

if (process.env[CLIENT_MARK]) runClientProcess();
else {
  try {
    process.exitCode = await barsCommand(process.argv.slice(2), fileURLToPath(import.meta.url));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 64;
  }
}
