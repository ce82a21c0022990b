/** The event stream. `fetch` and not `EventSource`, which cannot send the key. */
import { call } from './access.js';

const RETRY = 2_000;
/** The gateway speaks every second; past this the line is dead even if it looks open. */
const SILENCE = 6_000;

/** Calls `on[event](data)` for each event and `lost()` between connections; never ends. */
export async function follow(path, on, lost) {
  for (;;) {
    try {
      await readOnce(path, on);
    } catch {
      // Refused, cut or silent: all end in another try.
    }
    lost();
    await new Promise((resolve) => setTimeout(resolve, RETRY));
  }
}

async function readOnce(path, on) {
  const abort = new AbortController();
  let watchdog;
  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => abort.abort(), SILENCE);
  };
  try {
    const response = await call(path, { signal: abort.signal });
    if (!response.ok) return;
    let rest = '';
    for await (const part of pieces(response.body.pipeThrough(new TextDecoderStream()))) {
      alive();
      const events = (rest + part).split('\n\n');
      rest = events.pop();
      for (const event of events) dispatch(event, on);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

async function* pieces(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function dispatch(text, on) {
  const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(text) ?? [];
  if (name) on[name]?.(JSON.parse(data));
}
