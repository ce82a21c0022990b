import { liveLine } from './report/live-line.js';
import { tame } from './report/paint.js';
import { progressBar } from './report/progress-bar.js';
import { fitted } from './report/text-table.js';
import type { Sample } from './result.js';

/** Seconds between lines where nobody watches. */
const QUIET_INTERVAL = 10;
/** A line of a run is newer than the bar alone for so long. */
const LINE_STANDS_MS = 1500;
const ESCAPE = '\u001b[';

export interface DisplaySettings {
  /** Live line on a terminal: one line rewritten each second. Otherwise a line each 10 s without control codes. */
  isTerminal: boolean;
  columns: number;
  color: boolean;
  quiet: boolean;
  write(text: string): void;
  /** Milliseconds of any clock that only goes forward. */
  now?(): number;
}

/** Shows a run under way. */
export class Display {
  readonly #settings: DisplaySettings;
  #before: Sample | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;
  #lineIsOpen = false;
  /** Of what is done, 0–1; undefined where nobody knows. */
  #share: number | undefined;
  #lineAt = Number.NEGATIVE_INFINITY;
  #barAt = Number.NEGATIVE_INFINITY;

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
    if (!this.#settings.quiet) this.#settings.write(`${tame(text)}\n`);
  }

  show(sample: Sample, vus: number): void {
    const { isTerminal, quiet } = this.#settings;
    if (quiet) return;
    if (!isTerminal && sample.at - this.#shownAt < QUIET_INTERVAL) return;
    const line = liveLine(sample, this.#before, vus);
    this.#before = sample;
    this.#shownAt = sample.at;
    this.#lineAt = this.#now();
    if (isTerminal) this.#rewrite(this.#share === undefined ? line : `${progressBar(this.#share)} ${line}`, sample.failed > 0);
    else this.#settings.write(`${line}\n`);
  }

  /** How much is done, 0–1: stands before the live line, or alone while no run is measured. */
  progress(share: number): void {
    const { isTerminal, quiet } = this.#settings;
    this.#share = share;
    const now = this.#now();
    if (quiet || now - this.#lineAt < LINE_STANDS_MS) return;
    if (isTerminal) this.#rewrite(progressBar(share), false);
    else if (now - this.#barAt >= QUIET_INTERVAL * 1000) {
      this.#barAt = now;
      this.#settings.write(`  ${Math.floor(share * 100)} %\n`);
    }
  }

  #now(): number {
    return this.#settings.now?.() ?? performance.now();
  }

  /** A new run begins: rates start anew. */
  begin(): void {
    this.#closeLine();
    this.#before = undefined;
    this.#shownAt = Number.NEGATIVE_INFINITY;
  }

  /** A new piece of work begins: how much of it is done is not known yet. */
  restart(): void {
    this.begin();
    this.#share = undefined;
    // The first line of a short piece would say nothing that its head has not said.
    this.#barAt = this.#now();
  }

  #rewrite(line: string, hasErrors: boolean): void {
    const { color, columns, write } = this.#settings;
    const fitting = fitted(tame(line), Math.max(20, columns - 1));
    const shown = color && hasErrors ? `${ESCAPE}31m${fitting}${ESCAPE}0m` : fitting;
    write(`\r${ESCAPE}2K${shown}`);
    this.#lineIsOpen = true;
  }

  #closeLine(): void {
    if (this.#lineIsOpen) this.#settings.write('\n');
    this.#lineIsOpen = false;
  }
}
