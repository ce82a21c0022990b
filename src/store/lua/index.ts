/** Every script by the name it is called by; each takes one key, which decides the slot all others share. */
import { CHOOSE } from './choose.js';
import { COMMON } from './common.js';
import { ADMIT, DROP_SLOTS, GIVE, LIMITS, ROLL_CALL, USES } from './limits.js';
import { PAUSE, REPORT } from './report.js';
import { RETRIES } from './retries.js';
import { SESSIONS } from './sessions.js';
import { BIND, SNAPSHOT, TALLY, TOUCH } from './upkeep.js';
import { ADD_USAGE, KEPT_USAGE } from './usage.js';

export const SCRIPTS = {
  tidegateAddUsage: COMMON + ADD_USAGE,
  tidegateKeptUsage: COMMON + KEPT_USAGE,
  tidegateChoose: COMMON + SESSIONS + LIMITS + CHOOSE,
  tidegateAdmit: COMMON + LIMITS + ADMIT,
  tidegateGive: COMMON + LIMITS + GIVE,
  tidegateUses: COMMON + LIMITS + USES,
  tidegateDropSlots: COMMON + LIMITS + DROP_SLOTS,
  tidegateRollCall: COMMON + LIMITS + ROLL_CALL,
  tidegateReport: COMMON + REPORT,
  tidegatePause: COMMON + PAUSE,
  tidegateRetries: COMMON + RETRIES,
  tidegateTouch: COMMON + SESSIONS + TOUCH,
  tidegateBind: COMMON + SESSIONS + BIND,
  tidegateTally: COMMON + TALLY,
  tidegateSnapshot: COMMON + SNAPSHOT,
} as const;

export type ScriptName = keyof typeof SCRIPTS;
