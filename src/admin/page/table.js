/** A table whose rows keep their elements from one refresh to the next, so that focus and scrolling stay where they are. */

/** An element with text, classes and attributes; text never becomes markup. */
export function element(name, { text, classes, attributes = {}, children = [] } = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (classes) made.className = classes;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export class Table {
  /** Columns: `{ title, classes, text(row) }`, or `fill(cell, row)` for more than text; the first is the row's heading. */
  constructor(place, { columns, key, empty }) {
    this.place = place;
    this.columns = columns;
    this.key = key;
    this.empty = empty;
    this.rows = new Map();
    this.table = this.head();
    this.body = this.table.createTBody();
    this.makeReachable();
  }

  /** Scrolled by keyboard, and named by its section's heading. */
  makeReachable() {
    this.place.tabIndex = 0;
    this.place.setAttribute('role', 'region');
    this.place.setAttribute('aria-labelledby', `${this.place.id}-title`);
  }

  show(rows, empty = this.empty) {
    if (rows.length === 0) return this.place.replaceChildren(element('p', { text: empty, classes: 'empty' }));
    if (this.table.parentNode !== this.place) this.place.replaceChildren(this.table);
    const wanted = rows.map((row) => this.update(row));
    this.forget(new Set(rows.map(this.key)));
    for (const [index, row] of wanted.entries())
      if (this.body.children[index] !== row) this.body.insertBefore(row, this.body.children[index] ?? null);
  }

  update(row) {
    const key = this.key(row);
    const shown = this.rows.get(key) ?? this.create(key);
    for (const [index, column] of this.columns.entries()) this.fill(shown.children[index], column, row);
    return shown;
  }

  fill(cell, column, row) {
    if (column.fill) return column.fill(cell, row);
    const text = column.text(row);
    if (cell.textContent !== text) cell.textContent = text;
  }

  create(key) {
    const cells = this.columns.map(({ classes }, index) =>
      element(index === 0 ? 'th' : 'td', { classes, attributes: index === 0 ? { scope: 'row' } : {} }),
    );
    const row = element('tr', { children: cells });
    this.rows.set(key, row);
    return row;
  }

  forget(kept) {
    for (const [key, row] of this.rows) {
      if (kept.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
  }

  head() {
    const titles = this.columns.map(({ title, classes }) =>
      element('th', { text: title, classes, attributes: { scope: 'col' } }),
    );
    return element('table', { children: [element('thead', { children: [element('tr', { children: titles })] })] });
  }
}

const TONES = {
  ok: 'good',
  ready: 'good',
  starting: 'warn',
  trial: 'warn',
  resting: 'warn',
  leaving: 'warn',
  overloaded: 'bad',
  draining: 'warn',
  failed: 'bad',
  refused: 'bad',
  incomplete: 'bad',
  'rate-limited': 'warn',
};

/** A state as a coloured chip; the word is always there too. */
export function chip(cell, word) {
  const shown = cell.firstElementChild ?? cell.appendChild(element('span'));
  shown.className = `chip ${TONES[word] ?? ''}`;
  if (shown.textContent !== word) shown.textContent = word;
}

/** A figure with a bar of its share, 0 to 1. */
export function bar(cell, text, share) {
  if (!cell.firstElementChild)
    cell.append(
      element('span'),
      element('span', { classes: 'bar', attributes: { 'aria-hidden': 'true' }, children: [element('i')] }),
    );
  const [figure, track] = cell.children;
  figure.textContent = text;
  track.firstElementChild.style.width = `${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%`;
}
