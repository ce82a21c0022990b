import type { Admission, FaultRule } from './ledger.js';

const MOST_RULES = 10_000;

/** The faults set at run time, found by key, session or model with one look-up each. Key wins over session, session over model. */
export class FaultRules {
  private readonly rules = new Map<string, FaultRule>();

  /** Replaces the rule for the same key, session or model. False when the table is full. */
  add(rule: FaultRule): boolean {
    const name = nameOf(rule);
    if (!this.rules.has(name) && this.rules.size >= MOST_RULES) return false;
    this.rules.set(name, { ...rule });
    return true;
  }

  clear(): void {
    this.rules.clear();
  }

  list(): FaultRule[] {
    return [...this.rules.values()];
  }

  /** The fault that strikes this request, if any; uses up one of the rule's times. */
  strike({ key, session, model }: Admission): string | undefined {
    if (this.rules.size === 0) return undefined;
    for (const name of [`key:${key}`, `session:${session}`, `model:${model}`, 'all:']) {
      const rule = this.rules.get(name);
      if (rule === undefined) continue;
      if (rule.times !== undefined && --rule.times <= 0) this.rules.delete(name);
      return rule.fault;
    }
    return undefined;
  }
}

function nameOf({ key, session, model }: FaultRule): string {
  if (key !== undefined) return `key:${key}`;
  if (session !== undefined) return `session:${session}`;
  return model === undefined ? 'all:' : `model:${model}`;
}
