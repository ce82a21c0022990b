import { Accounts } from './accounts.js';
import { parseFault } from './faults.js';
import { sumGauges } from './health.js';
import type { Admission, FaultRule, Grant, Ledger, LedgerQuestion, ProcessGauges, Settlement } from './ledger.js';

/** Where the keeper reads, and at a reset clears, what the serving processes alone know. */
export interface GaugeSource {
  read(): Promise<ProcessGauges[]>;
  clear(): void;
}

/** The books where they are kept: in the only process, or in the primary for all its workers. */
export class BookKeeper implements Ledger {
  readonly accounts: Accounts;
  private readonly gauges: GaugeSource;

  constructor(maxConcurrent: number, gauges: GaugeSource) {
    this.accounts = new Accounts(maxConcurrent);
    this.gauges = gauges;
  }

  admit(admission: Admission): Grant {
    return this.accounts.admit(admission);
  }

  settle(settlement: Settlement): void {
    this.accounts.settle(settlement);
  }

  turnAway(status: number): void {
    this.accounts.turnAway(status);
  }

  async ask(question: LedgerQuestion): Promise<unknown> {
    const { accounts } = this;
    switch (question.about) {
      case 'slots':
        return accounts.slots();
      case 'stats':
        return this.stats(question.sessions);
      case 'requests':
        return { requests: accounts.requests(question.last) };
      case 'reset':
        accounts.reset();
        this.gauges.clear();
        return { reset: true };
      case 'rules':
        return { faults: accounts.rules.list() };
      case 'clear-rules':
        accounts.rules.clear();
        return { faults: [] };
      case 'add-rule':
        return this.addRule(question.rule);
    }
  }

  /** Gauges first: a worker sends its settlements before it answers, so both are of one moment for what has ended. */
  private async stats(withSessions: boolean) {
    const { eventsInFlight, doneInFlight, ...others } = sumGauges(await this.gauges.read());
    const stats = this.accounts.stats(withSessions);
    const { max } = this.accounts.slots();
    return {
      ...stats,
      events: stats.events + eventsInFlight,
      doneMarkers: stats.doneMarkers + doneInFlight,
      maxConcurrent: max,
      ...others,
    };
  }

  private addRule(rule: FaultRule) {
    if (parseFault(rule.fault) === undefined) return { error: `no fault '${rule.fault}'` };
    return this.accounts.addRule(rule) ? { faults: this.accounts.rules.list() } : { error: 'too many rules' };
  }
}
