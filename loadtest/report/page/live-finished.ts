import type { LiveState } from '../live/words.js';

const LOOKS = { pass: 'good', fail: 'bad', error: 'bad', invalid: 'warn', skipped: '' } as const;

/** The scenarios that have ended, newest first. */
export function showFinished(section: HTMLElement, finished: LiveState['finished']): void {
  section.hidden = finished.length === 0;
  const rows = finished.toReversed().map(({ name, outcome, kept, checks, seconds }) => {
    const row = document.createElement('tr');
    const chip = Object.assign(document.createElement('span'), { className: `chip ${LOOKS[outcome]}`, textContent: outcome });
    row.append(
      cell('th', name),
      cell('td', chip),
      cell('td', `${kept} of ${checks}`, 'number'),
      cell('td', `${seconds.toFixed(1)} s`, 'number'),
    );
    return row;
  });
  section.querySelector('tbody')?.replaceChildren(...rows);
}

function cell(tag: 'th' | 'td', content: string | Node, className = ''): HTMLElement {
  const made = Object.assign(document.createElement(tag), { className });
  made.append(content);
  return made;
}
