/** A suite as text for a terminal: thresholds first, then outcomes, then figures, warnings last. Pure. */
import type { Check, Outcome, ScenarioResult, SuiteSummary } from '../scenarios/findings.js';
import { figureTable, unitText } from './figure-rows.js';
import { type Paint, paintFor, tame } from './paint.js';
import { textSeconds, verdictOf } from './suite-verdict.js';
import { fitted, numeral, textTable, textWidth } from './text-table.js';

export interface SuiteTextSettings {
  color: boolean;
  /** Width of the terminal. */
  columns: number;
}

const MARKS: Readonly<Record<Outcome, string>> = { pass: '✓', fail: '✗', invalid: '!', skipped: '–', error: '✗' };

/** The end of a suite: the same text for one just done and for one read from a file. */
export function renderSuite(summary: SuiteSummary, { color, columns }: SuiteTextSettings): string {
  const text = new SuiteText(paintFor(color), Math.max(60, columns));
  const { scenarios } = summary;
  return [
    ...scenarios.filter(({ checks }) => checks.length > 0).map((scenario) => text.checks(scenario)),
    text.outcomes(scenarios),
    ...scenarios.filter(({ figures }) => figures.length > 0).map((scenario) => text.figures(scenario)),
    ...text.remarks(scenarios),
    text.verdict(summary),
  ].join('\n\n');
}

class SuiteText {
  readonly #paint: Paint;
  readonly #columns: number;

  constructor(paint: Paint, columns: number) {
    this.#paint = paint;
    this.#columns = columns;
  }

  checks({ name, number, title, checks }: ScenarioResult): string {
    const head = `${number ? `${number} · ` : ''}${name} · ${title}`;
    const wide = Math.max(...checks.map(({ promise }) => textWidth(tame(promise))));
    const lines = checks.flatMap((check) => this.#check(check, Math.min(wide, this.#columns - 24)));
    return [this.#paint.strong(fitted(tame(head), this.#columns)), ...lines].join('\n');
  }

  #check({ promise, ok, actual, hint }: Check, wide: number): string[] {
    const words = fitted(tame(promise), wide);
    const line = `${ok ? '✓' : '✗'} ${words}${' '.repeat(wide - textWidth(words))}   ${tame(actual)}`;
    const shown = `  ${ok ? this.#paint.good(line[0] ?? '') + line.slice(1) : this.#paint.bad(line)}`;
    return hint && !ok ? [shown, this.#paint.quiet(`      ${tame(hint)}`)] : [shown];
  }

  outcomes(scenarios: readonly ScenarioResult[]): string {
    const rows = scenarios.map(({ name, number, outcome, checks, seconds }) => [
      `${MARKS[outcome]} ${number ? `${number} ` : ''}${tame(name)}`,
      outcome,
      checks.length === 0 ? '–' : `${checks.filter(({ ok }) => ok).length} of ${checks.length}`,
      textSeconds(seconds),
    ]);
    const [head, rule, ...lines] = textTable(['Scenario', 'outcome', 'checks', 'took'], rows).split('\n');
    return [head, rule, ...lines.map((line, index) => this.#tint(scenarios[index]?.outcome, line))].join('\n');
  }

  #tint(outcome: Outcome | undefined, line: string): string {
    if (outcome === 'fail' || outcome === 'error') return this.#paint.bad(line);
    if (outcome === 'invalid') return this.#paint.warn(line);
    return outcome === 'skipped' ? this.#paint.quiet(line) : line;
  }

  figures({ name, figures }: ScenarioResult): string {
    const { columns, rows } = figureTable(figures);
    const published = rows.some((row) => row.published !== undefined);
    const head = [name, ...columns, ...(published ? ['published'] : []), 'unit'];
    const cells = rows.map(({ label, values, decimals, unit, published: words }) => [
      ...[label, ...values.map((value) => numeral(value, decimals))],
      ...[...(published ? [words ?? '–'] : []), unitText(unit)],
    ]);
    return textTable(
      head.map(tame),
      cells.map((row) => row.map((cell) => tame(cell).replaceAll('\n', ' '))),
    );
  }

  /** Notes first: what is loud comes last, where the eye ends. */
  remarks(scenarios: readonly ScenarioResult[]): string[] {
    const notes = scenarios.flatMap(({ name, notes }) => notes.map((text) => this.#paint.quiet(tame(`note: ${name}: ${text}`))));
    const loud = scenarios.flatMap((scenario) => this.#loud(scenario));
    return [notes, loud].filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  }

  #loud({ name, outcome, reason, invalid }: ScenarioResult): string[] {
    if (outcome === 'skipped') return [this.#paint.quiet(tame(`skipped: ${name}: ${reason ?? ''}`))];
    const reasons = outcome === 'invalid' && invalid.length > 0 ? invalid : reason === undefined ? [] : [reason];
    const word = outcome === 'invalid' ? 'INVALID, do not use its numbers' : outcome.toUpperCase();
    return reasons.map((text) => this.#paint.warn(tame(`WARNING: ${name}: ${word}: ${text}`)));
  }

  verdict(summary: SuiteSummary): string {
    const { outcome, words } = verdictOf(summary);
    const paint = outcome === 'pass' ? this.#paint.good : outcome === 'invalid' ? this.#paint.warn : this.#paint.bad;
    return paint(this.#paint.strong(`${MARKS[outcome]} ${words}`));
  }
}
