/** Workers, usage and attempts. */
import { bytes, clock, count, dollars, duration, percent, span } from './format.js';
import { bar, chip, Table } from './table.js';

const number = 'number';

export function workersTable(place) {
  return new Table(place, {
    key: (row) => row.id,
    empty: 'No worker runs yet.',
    columns: [
      { title: 'Worker', text: (row) => String(row.id) },
      { title: 'State', fill: (cell, row) => chip(cell, row.state) },
      { title: 'Busy', fill: (cell, row) => bar(cell, percent(row.utilization), row.utilization) },
      { title: 'In flight', classes: number, text: (row) => count(row.inFlight) },
      { title: 'Connections', classes: number, text: (row) => count(row.connections) },
      { title: 'Requests', classes: number, text: (row) => count(row.requests) },
      { title: 'Loop delay p99', classes: number, text: (row) => duration(row.loopDelay) },
      { title: 'Memory', classes: number, text: (row) => bytes(row.rss) },
      { title: 'Heap', classes: number, text: (row) => bytes(row.heapUsed) },
      { title: 'Uptime', classes: number, text: (row) => span(row.uptime) },
      { title: 'Restarts', classes: number, text: (row) => count(row.restarts) },
      { title: 'Config', classes: number, text: (row) => `#${row.generation}` },
      { title: 'Process', classes: number, text: (row) => String(row.pid) },
    ],
  });
}

export function usageTable(place) {
  return new Table(place, {
    key: (row) => `${row.client}\n${row.alias}`,
    empty: 'Nothing used yet. The first finished request shows here.',
    columns: [
      { title: 'Client', text: (row) => row.client },
      { title: 'Model', text: (row) => row.alias },
      { title: 'Credentials', classes: number, text: (row) => count(row.credentials) },
      { title: 'Requests', classes: number, text: (row) => count(row.requests) },
      { title: 'Failed', classes: number, text: (row) => count(row.failures) },
      { title: 'Input tokens', classes: number, text: (row) => count(row.input) },
      { title: 'Cached', classes: number, text: (row) => (row.input > 0 ? percent(row.cachedInput / row.input) : '–') },
      { title: 'Output tokens', classes: number, text: (row) => count(row.output) },
      { title: 'Cost', classes: number, text: (row) => dollars(row.usd) },
    ],
  });
}

/** A bar where there is a limit, a dash where there is none. */
function fillUsed(cell, used, limit, show) {
  if (limit === undefined || !cell.firstElementChild) cell.textContent = limit === undefined ? '–' : '';
  if (limit !== undefined) bar(cell, `${show(used)} of ${show(limit)}`, limit > 0 ? used / limit : 1);
}

export function clientsTable(place) {
  return new Table(place, {
    key: (row) => row.client,
    empty: 'No client has limits.',
    columns: [
      { title: 'Client', text: (row) => row.client },
      { title: 'Requests', fill: (cell, row) => fillUsed(cell, row.requests.used, row.requests.limit, count) },
      { title: 'Tokens', fill: (cell, row) => fillUsed(cell, row.tokens.used, row.tokens.limit, count) },
      { title: 'In flight', fill: (cell, row) => fillUsed(cell, row.slots.used, row.slots.limit, count) },
      { title: 'Budget', fill: (cell, row) => fillUsed(cell, row.budget?.spent, row.budget?.usd, dollars) },
      { title: 'Per', text: (row) => row.budget?.per ?? '–' },
    ],
  });
}

export function attemptsTable(place) {
  return new Table(place, {
    key: (row) => `${row.requestId} ${row.at} ${row.upstream}/${row.credential}`,
    empty: 'No attempts yet.',
    columns: [
      { title: 'Time', text: (row) => clock(row.at) },
      { title: 'Outcome', fill: (cell, row) => chip(cell, row.outcome) },
      { title: 'Status', classes: number, text: (row) => (row.status === undefined ? '–' : String(row.status)) },
      { title: 'Duration', classes: number, text: (row) => duration(row.duration) },
      { title: 'Credential', text: (row) => `${row.upstream} / ${row.credential}` },
      { title: 'Model', text: (row) => row.model },
      { title: 'Turn', text: (row) => (row.trial ? 'trial' : row.sticky ? 'sticky' : 'next in turn') },
      { title: 'Request', text: (row) => row.requestId },
    ],
  });
}

const SUMMED = ['requests', 'failures', 'input', 'cachedInput', 'output', 'usd'];

/** One row per client and model: with hundreds of credentials the rows of each say little. */
export function byClientAndModel(rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = `${row.client}\n${row.alias}`;
    const group = groups.get(key) ?? {
      client: row.client,
      alias: row.alias,
      credentials: 0,
      ...Object.fromEntries(SUMMED.map((name) => [name, 0])),
    };
    group.credentials++;
    for (const name of SUMMED) group[name] += row[name];
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.usd - a.usd || b.requests - a.requests);
}
