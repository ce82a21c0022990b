/** Requests to the admin API, with the key that this tab was given. */

const STORED = 'tidegate-admin-key';
let asking;

/** Fetches and asks for the key as often as it is refused. */
export async function call(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(STORED);
    const headers = {
      ...(options.body ? { 'content-type': 'application/json' } : {}),
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    };
    const response = await fetch(path, { ...options, headers, cache: 'no-store' });
    if (response.status !== 401) return response;
    await askForKey(key !== null && key === sessionStorage.getItem(STORED));
  }
}

/** The JSON of a path; throws with the gateway's own words when it says no. */
export async function read(path) {
  const response = await call(path);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error?.message ?? `The gateway answered ${response.status}.`);
  return body;
}

/** One question however many requests wait for it. */
function askForKey(refused) {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById('access');
    const field = document.getElementById('access-key');
    if (refused) document.getElementById('access-text').textContent = 'That key was not accepted. Try again.';
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    dialog.addEventListener(
      'close',
      () => {
        sessionStorage.setItem(STORED, field.value);
        field.value = '';
        asking = undefined;
        resolve();
      },
      { once: true },
    );
    dialog.showModal();
    field.focus();
  });
  return asking;
}
