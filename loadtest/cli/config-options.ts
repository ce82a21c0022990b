import { KINDS } from '../configs/kinds.js';
import { type OptionGroup, WrongValue } from './option.js';
import { origins, whole } from './values.js';

/** Options of `loadtest configs <kind>`. */
export const CONFIG_OPTIONS: OptionGroup = {
  heading: 'Options:',
  options: [
    {
      flags: '--mock <urls>',
      text: 'origins of the mocks; the second one is the backup, or stands for Anthropic',
      parse: origins,
      fallback: ['http://127.0.0.1:9001'],
      fallbackText: 'http://127.0.0.1:9001',
    },
    { flags: '--instances <n>', text: 'upstreams of each protocol, of the kind many', parse: whole(1, 100), fallback: 3 },
    { flags: '--credentials <n>', text: 'keys of each upstream', parse: whole(1, 10_000), fallback: 100 },
    { flags: '--port <n>', text: 'data port; the admin port is 1010 above it', parse: whole(1, 64_000), fallback: 8080 },
    { flags: '--client-key <key>', text: 'the one key that clients may use (default: none, open to this machine)' },
    { flags: '-o, --output <file>', text: 'file to write (default: printed)' },
  ],
};

/** What the options say. */
export interface ConfigWishes {
  mock: string[];
  instances: number;
  credentials: number;
  port: number;
  clientKey?: string;
  output?: string;
}

/** Throws WrongValue with the kinds there are. */
export function configKind(text: string): (typeof KINDS)[number] {
  const kind = KINDS.find((one) => one === text);
  if (kind === undefined) throw new WrongValue(`${KINDS.join(', ')}, please.`);
  return kind;
}
