import type { OptionGroup } from './option.js';
import { collected, whole } from './values.js';

/** What is judged, printed and written. */
export const OUTPUT_OPTIONS: OptionGroup = {
  heading: 'Result:',
  options: [
    {
      flags: '--threshold <words>',
      text: "fails the run (exit 99) when not kept, like 'ttft:p(95)<300', 'failed:rate<0.01'; of a scenario 'sticky-session:moved.gateway==0'; repeatable",
      parse: collected,
    },
    { flags: '--out <dir>', text: 'folder for results', fallback: 'results' },
    { flags: '--summary-export <file>', text: 'write summary.json to this file too' },
    { flags: '-j, --json', text: 'print summary.json and nothing else', fallback: false },
    {
      flags: '--live [port]',
      text: 'a page that follows the run, on 127.0.0.1; its address is printed (default: off; without a port: a free one)',
      parse: whole(0, 65_535),
    },
    { flags: '-T, --title <text>', text: 'named in the report and in summary.json' },
    { flags: '-q, --quiet', text: 'only the report', fallback: false },
    { flags: '--no-color', text: 'no colours (NO_COLOR is obeyed too)' },
  ],
};
