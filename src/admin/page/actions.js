/** What the operator can do: each asks first, then says what came of it. */
import { call } from './access.js';

const SHOWN = 12_000;
let timer;

/** A message below the header; `tone` is empty, `warn` or `bad`. */
export function notify(text, tone = '') {
  const notice = document.getElementById('notice');
  notice.className = `notice ${tone}`;
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    notice.hidden = true;
  }, SHOWN);
}

export function bindActions() {
  bind('restart', {
    title: 'Replace every worker?',
    text: 'One after another: a new worker serves before an old one leaves, and running streams finish on the old one.',
    yes: 'Restart workers',
    path: '/api/restart',
    done: () => 'The rolling restart has begun. Watch the workers below.',
  });
  bind('reload', {
    title: 'Read the configuration again?',
    text: 'The file is checked first. If it has a fault the running configuration stays in use.',
    yes: 'Reload',
    path: '/api/reload',
    done: () => 'The new configuration is in use.',
  });
}

export async function setPaused(row, paused) {
  const path = [row.upstream, row.credential].map(encodeURIComponent).join('/');
  await send(
    `/api/credentials/${path}/${paused ? 'pause' : 'resume'}`,
    () => `${row.upstream}/${row.credential} ${paused ? 'is paused' : 'takes turns again'}.`,
  );
}

function bind(id, action) {
  const button = document.getElementById(id);
  button.addEventListener('click', async () => {
    if (!(await confirm(action))) return;
    button.disabled = true;
    await send(action.path, action.done);
    button.disabled = false;
  });
}

function confirm({ title, text, yes }) {
  document.getElementById('confirm-title').textContent = title;
  document.getElementById('confirm-text').textContent = text;
  document.getElementById('confirm-yes').textContent = yes;
  const dialog = document.getElementById('confirm');
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

async function send(path, done) {
  try {
    const response = await call(path, { method: 'POST', body: '{}' });
    const body = await response.json();
    if (response.ok) notify(done());
    else notify(whyNot(body), 'bad');
  } catch {
    notify('The gateway did not answer. Nothing may have changed.', 'bad');
  }
}

function whyNot(body) {
  if (body.faults) return ['The configuration has faults; the old one stays in use.', ...body.faults].join('\n');
  return body.reason ?? body.error?.message ?? 'The gateway refused.';
}
