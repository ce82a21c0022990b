/** `npm run conformance`. */
import { fileURLToPath } from 'node:url';
import { conformanceCommand } from './command.js';
import { withWishes } from './options.js';

const COULD_NOT_RUN = 64;

try {
  process.exit(await withWishes(process.argv.slice(2), (wishes) => conformanceCommand(wishes, fileURLToPath(import.meta.url))));
} catch (error) {
  console.error((error as Error).message);
  process.exit(COULD_NOT_RUN);
}
