/** What each number of the tables means, one line each; printed under them. */
export const DEFINITIONS: readonly string[] = [
  '[1] requests that ended ÷ time from the first request to the end of the last stream (load + drain), as the published 511 ÷ 6.69 = 76 s = 60 s + drain.',
  '[2] streams that ended well between warm-up and the end of load ÷ that time.',
  "[3] request written (a user's first: connect begun) → last byte; successes only. Percentiles from one histogram of all, 0.1 % wide.",
  '[4] request written → first event with non-empty content (not the role event).',
  '[5] `data:` events received, role, finish and [DONE] included.',
  '[6] user + system time of all gateway processes from load begin to last stream end ÷ chunks. The headline: a closed loop with a paced mock fixes RPS at users ÷ latency, whatever the gateway costs.',
  '[7] median of 1 s samples before the load.   [8] highest 1 s sample, all gateway processes together.',
  '[9] peak % of one core ÷ 4, as published; derived: this machine may have another number of cores.',
  '[10] all gateway processes; RSS counts shared pages once per process, PSS once: as mock and generator share the pages of Node itself, a Node gateway has more PSS when it is alone. RPS per MB uses peak RSS, as published.',
  '[11] as [9] with the average from load begin to last stream end in place of the peak second, which one busy second moves.',
];
