/** What the command leaves with. 99 is k6's; a shell gives 130 to a program that Ctrl-C ended. */
export const EXIT = { ok: 0, couldNotRun: 1, invalid: 3, thresholdFailed: 99, interrupted: 130 } as const;
