import type { Outcome } from '../../scenarios/findings.js';
import { html, type Markup } from './markup.js';

const LOOKS: Readonly<Record<Outcome, { mark: string; look: string; words: string }>> = {
  pass: { mark: '✓', look: 'good', words: 'pass' },
  fail: { mark: '✗', look: 'bad', words: 'fail' },
  error: { mark: '✗', look: 'bad', words: 'could not run' },
  invalid: { mark: '!', look: 'warn', words: 'invalid' },
  skipped: { mark: '–', look: 'still', words: 'skipped' },
};

/** An outcome: mark, word and colour, so that none of the three is needed alone. */
export function chip(outcome: Outcome): Markup {
  const { mark, look, words } = LOOKS[outcome];
  return html`<span class="chip ${look}"><span aria-hidden="true">${mark}</span> ${words}</span>`;
}

/** The same for one check. */
export function tick(ok: boolean): Markup {
  return html`<span class="tick ${ok ? 'good' : 'bad'}"><span aria-hidden="true">${ok ? '✓' : '✗'}</span><span class="hidden">${ok ? 'kept' : 'not kept'}</span></span>`;
}
