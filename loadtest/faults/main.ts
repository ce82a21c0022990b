/** `npm run faults`. */
import { fileURLToPath } from 'node:url';
import { faultsCommand } from './command.js';
import { ROW_IDS } from './families.js';
import { parseWishes, USAGE } from './options.js';

const COULD_NOT_RUN = 64;

try {
  const wishes = parseWishes(process.argv.slice(2), ROW_IDS);
  if (wishes.help) console.log(USAGE);
  else process.exit(await faultsCommand(wishes, fileURLToPath(import.meta.url)));
} catch (error) {
  console.error((error as Error).message);
  process.exit(COULD_NOT_RUN);
}
