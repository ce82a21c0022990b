/** The credentials table: filter, state, countdown, share of picks, pause and resume. */
import { count, duration, percent } from './format.js';
import { bar, chip, element, Table } from './table.js';

const STATES = ['all', 'ready', 'resting', 'paused'];

export class Credentials {
  /** `setPaused(row, paused)` asks the gateway and resolves when it is done. */
  constructor(setPaused) {
    this.setPaused = setPaused;
    this.rows = [];
    this.state = 'all';
    this.filter = document.getElementById('credential-filter');
    this.filter.addEventListener('input', () => this.draw());
    this.table = new Table(document.getElementById('credentials'), {
      key: keyOf,
      columns: this.columns(),
      empty: 'No credential is configured.',
    });
    this.buttons = STATES.map((state) => this.stateButton(state));
    document.getElementById('credential-states').replaceChildren(...this.buttons);
  }

  /** `received` is when the rows were true, for the countdowns. */
  show(rows, received = performance.now()) {
    this.rows = rows;
    this.received = received;
    this.draw();
  }

  draw() {
    const passed = performance.now() - (this.received ?? 0);
    this.totals = {
      picks: this.rows.reduce((sum, { picks }) => sum + picks, 0),
      most: Math.max(1, ...this.rows.map(({ picks }) => picks)),
    };
    const rows = this.rows.map((row) => ({ ...row, remaining: Math.max(0, row.remaining - passed) }));
    for (const [index, state] of STATES.entries())
      this.label(this.buttons[index], state, rows.filter((row) => inState(row, state)).length);
    const words = this.filter.value.toLowerCase().trim();
    const wanted = rows.filter((row) => inState(row, this.state) && keyOf(row).toLowerCase().includes(words));
    this.table.show(wanted, this.rows.length === 0 ? 'No credential is configured.' : 'No credential fits this filter.');
  }

  columns() {
    return [
      { title: 'Credential', text: (row) => row.credential },
      { title: 'State', fill: (cell, row) => chip(cell, row.state) },
      { title: 'Rests for', text: restText },
      {
        title: 'Picks',
        fill: (cell, row) =>
          bar(
            cell,
            `${count(row.picks)} · ${percent(row.picks / Math.max(1, this.totals.picks), 1)}`,
            row.picks / this.totals.most,
          ),
      },
      { title: 'Upstream', text: (row) => row.upstream },
      { title: 'Weight', classes: 'number', text: (row) => count(row.weight) },
      { title: 'OK', classes: 'number', text: (row) => count(row.attempts.ok ?? 0) },
      { title: 'Not OK', classes: 'number', text: (row) => count(notOk(row.attempts)) },
      { title: '', classes: 'action', fill: (cell, row) => this.fillAction(cell, row) },
    ];
  }

  fillAction(cell, row) {
    if (!cell.firstElementChild) {
      const button = element('button', { attributes: { type: 'button' } });
      button.addEventListener('click', () => this.act(button));
      cell.append(button);
    }
    const button = cell.firstElementChild;
    button.row = row;
    const word = row.state === 'paused' ? 'Resume' : 'Pause';
    if (button.textContent === word) return;
    button.textContent = word;
    button.setAttribute('aria-label', `${word} ${keyOf(row)}`);
  }

  async act(button) {
    button.disabled = true;
    await this.setPaused(button.row, button.row.state !== 'paused');
    button.disabled = false;
    button.focus({ preventScroll: true });
  }

  stateButton(state) {
    const button = element('button', { attributes: { type: 'button', 'aria-pressed': String(state === 'all') } });
    button.addEventListener('click', () => {
      this.state = state;
      for (const [index, other] of this.buttons.entries()) other.setAttribute('aria-pressed', String(STATES[index] === state));
      this.draw();
    });
    return button;
  }

  label(button, state, number) {
    const text = `${state} ${number}`;
    if (button.textContent !== text) button.textContent = text;
  }
}

function inState(row, state) {
  return state === 'all' || row.state === state || (state === 'resting' && row.state === 'trial');
}

function keyOf(row) {
  return `${row.upstream}/${row.credential}`;
}

function restText(row) {
  if (row.state === 'trial') return 'one request tries it';
  if (row.state !== 'resting') return '–';
  const models = row.models.includes('*') ? '' : ` (${row.models.join(', ')})`;
  return `${duration(Math.ceil(row.remaining / 1000) * 1000)}, ${row.reason}${models}`;
}

function notOk(attempts) {
  return Object.entries(attempts).reduce((sum, [outcome, number]) => sum + (outcome === 'ok' ? 0 : number), 0);
}
