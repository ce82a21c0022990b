/** `npm run conformance`. */
import { fileURLToPath } from 'node:url';
import { conformanceCommand } from './command.js';
import { parseWishes, USAGE } from './options.js';

const COULD_NOT_RUN = 64;

try {
  const wishes = parseWishes(process.argv.slice(2));
  if (wishes.help) console.log(USAGE);
  else process.exit(await conformanceCommand(wishes, fileURLToPath(import.meta.url)));
} catch (error) {
  console.error((error as Error).message);
  process.exit(COULD_NOT_RUN);
}
