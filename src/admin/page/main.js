/** The dashboard: the live feed drives cards and workers, three slower polls the rest. */
import { read } from './access.js';
import { bindActions, notify, setPaused } from './actions.js';
import { Cards } from './charts.js';
import { Credentials } from './credentials.js';
import { follow } from './feed.js';
import { count, dollars, span } from './format.js';
import { attemptsTable, byClientAndModel, clientsTable, usageTable, workersTable } from './tables.js';

const byId = (id) => document.getElementById(id);
const TONES = { ok: 'good', starting: 'warn', draining: 'warn', overloaded: 'bad' };

const cards = new Cards(byId('cards'));
const workers = workersTable(byId('workers'));
const usage = usageTable(byId('usage'));
const clients = clientsTable(byId('clients'));
const attempts = attemptsTable(byId('attempts'));
const credentials = new Credentials(async (row, paused) => {
  await setPaused(row, paused);
  await readCredentials();
});

function showOverview(overview) {
  document.body.classList.remove('lost');
  const { status, version, uptime, health } = overview;
  byId('status').className = `chip ${TONES[status] ?? ''}`;
  if (byId('status').textContent !== status) byId('status').textContent = status;
  const store = health.store.degraded ? 'store unreachable, each worker decides alone' : `${health.store.kind} store`;
  byId('about').textContent = `${version} · up ${span(uptime)} · ${store}`;
  byId('workers-note').textContent = `${health.workers.ready} of ${health.workers.wanted} serve`;
  document.title = status === 'ok' ? 'Tidegate' : `Tidegate · ${status}`;
  cards.show(overview);
  workers.show(overview.workers);
}

function showLost() {
  document.body.classList.add('lost');
  byId('status').className = 'chip bad';
  byId('status').textContent = 'connection lost, retrying';
  document.title = 'Tidegate · connection lost';
}

async function readCredentials() {
  credentials.show((await read('/api/credentials')).credentials);
}

async function readUsage() {
  const [{ usage: rows, clients: limited }, sessions] = await Promise.all([read('/api/usage'), read('/api/sessions')]);
  usage.show(byClientAndModel(rows));
  byId('clients-section').hidden = limited.length === 0;
  clients.show(limited);
  const total = rows.reduce((sum, { usd }) => sum + usd, 0);
  byId('usage-note').textContent = `${dollars(total)} in all · ${count(sessions.count)} sticky sessions`;
}

async function readAttempts() {
  attempts.show((await read('/api/attempts')).attempts);
}

/** Again and again while the page can be seen; one answer at a time. */
async function poll(task, every) {
  for (;;) {
    if (!document.hidden)
      await task().catch((error) => document.body.classList.contains('lost') || notify(error.message, 'warn'));
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

bindActions();
void follow('/api/events', { history: (points) => cards.history(points), pulse: showOverview }, showLost);
void poll(readCredentials, 2_000);
void poll(readUsage, 5_000);
void poll(readAttempts, 3_000);
setInterval(() => credentials.draw(), 1_000);
