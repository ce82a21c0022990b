/** What a start says on stdout; everything else goes to the log. */

export interface ReadyFacts {
  readonly host: string;
  readonly port: number;
  /** 0: a single process. */
  readonly workers: number;
  /** Absent: the admin port could not be opened. */
  readonly admin?: { readonly host: string; readonly port: number };
}

/** The one line that says that all workers serve. */
export function readyLine(facts: ReadyFacts): string {
  const parts = [facts.workers === 0 ? 'single process' : facts.workers === 1 ? '1 worker' : `${facts.workers} workers`];
  if (facts.admin) parts.push(`admin ${origin(facts.admin.host, facts.admin.port)}`);
  return `Tidegate is ready on ${origin(facts.host, facts.port)} (${parts.join(', ')})`;
}

/** What the demo says first: nobody may take its answers for a model's. */
export function demoNotice(): string {
  return 'No configuration given: serving the bundled mock LLM, whose answers are made up.\nGive your own with --config FILE.';
}

/** A command that streams an answer through the gateway. */
export function demoCommand(host: string, port: number): string {
  const body = JSON.stringify({ model: 'mock-model', stream: true, messages: [{ role: 'user', content: 'Hello' }] });
  return `Try it: curl -N ${origin(reachable(host), port)}/v1/chat/completions -H 'content-type: application/json' -d '${body}'`;
}

function origin(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A wildcard address is bound, not called. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
