import { liveLine } from './report/live-line.js';
import type { Sample } from './result.js';

/** Seconds between lines where nobody watches. */
const QUIET_INTERVAL = 10;
const ESCAPE = '\u001b[';

export interface DisplaySettings {
  /** Live line on a terminal: one line rewritten each second. Otherwise a line each 10 s without control codes. */
  isTerminal: boolean;
  columns: number;
  color: boolean;
  quiet: boolean;
  write(text: string): void;
}

/** Shows a run under way. */
export class Display {
  readonly #settings: DisplaySettings;
  #before: Sample | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;
  #lineIsOpen = false;

  constructor(settings: DisplaySettings) {
    this.#settings = settings;
  }

  /** What was asked for on the command line, and what the terminal can do; `json` keeps the output for the result. */
  static onStandardOutput(wishes: { readonly color: boolean; readonly quiet: boolean; readonly json: boolean }): Display {
    const out = process.stdout;
    return new Display({
      isTerminal: out.isTTY === true && !process.env.CI,
      columns: out.columns ?? 120,
      color: wishes.color,
      quiet: wishes.quiet || wishes.json,
      write: (text) => out.write(text),
    });
  }

  say(text: string): void {
    this.#closeLine();
    if (!this.#settings.quiet) this.#settings.write(`${text}\n`);
  }

  show(sample: Sample, vus: number): void {
    const { isTerminal, quiet } = this.#settings;
    if (quiet) return;
    if (!isTerminal && sample.at - this.#shownAt < QUIET_INTERVAL) return;
    const line = liveLine(sample, this.#before, vus);
    this.#before = sample;
    this.#shownAt = sample.at;
    if (isTerminal) this.#rewrite(line, sample.failed > 0);
    else this.#settings.write(`${line}\n`);
  }

  /** A new run begins: rates start anew. */
  begin(): void {
    this.#closeLine();
    this.#before = undefined;
    this.#shownAt = Number.NEGATIVE_INFINITY;
  }

  #rewrite(line: string, hasErrors: boolean): void {
    const { color, columns, write } = this.#settings;
    const fitting = line.slice(0, Math.max(20, columns - 1));
    const shown = color && hasErrors ? `${ESCAPE}31m${fitting}${ESCAPE}0m` : fitting;
    write(`\r${ESCAPE}2K${shown}`);
    this.#lineIsOpen = true;
  }

  #closeLine(): void {
    if (this.#lineIsOpen) this.#settings.write('\n');
    this.#lineIsOpen = false;
  }
}
