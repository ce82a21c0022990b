/** What no single option can know: names that must differ or must exist, doors that must be shut, loops. */
import { createHash } from 'node:crypto';
import { endpointOf, isLoopback, leadsBack, parseBaseUrl } from './base-url.js';
import type { SourcedCredential } from './credentials.js';
import { type Draft, type Entry, entriesOf, textOf } from './draft.js';
import type { FaultList } from './fault.js';
import { UniqueValues } from './unique.js';

/** Where the gateway will listen, after flags and environment had their say. */
export interface Doors {
  readonly host: string;
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number;
}

/** Everything that is wrong across options, added to `faults`. `credentials` is by upstream, in the file's order. */
export function checkAcross(
  draft: Draft,
  doors: Doors,
  credentials: readonly (readonly SourcedCredential[])[],
  faults: FaultList,
): void {
  checkDoors(draft, doors, faults);
  checkClients(draft.clients, faults);
  checkUpstreams(draft.upstreams, doors, faults);
  for (const list of credentials) checkCredentials(list, faults);
  checkModels(draft, faults);
}

function checkDoors(draft: Draft, doors: Doors, faults: FaultList): void {
  if (draft.clients.length === 0 && !isLoopback(doors.host)) {
    faults.add(
      'server.host',
      'must be loopback (127.0.0.1, ::1, localhost) while no client has a key: add clients with keys to listen elsewhere',
    );
  }
  if (draft.admin.key === undefined && !isLoopback(doors.adminHost)) {
    faults.add('admin.key', 'is missing: needed because admin.host is not loopback');
  }
  if (doors.port !== 0 && doors.port === doors.adminPort) faults.add('admin.port', 'must differ from server.port');
}

function checkClients(clients: readonly Entry[], faults: FaultList): void {
  const names = new UniqueValues('name', faults);
  const keys = new UniqueValues('key', faults);
  for (const { path, fields } of clients) {
    names.add(textOf(fields, 'name'), `${path}.name`);
    const key = textOf(fields, 'key');
    // Hashes are compared, so that a key and its own hash are found to be one client.
    if (key !== undefined) keys.add(sha256(key), `${path}.key`);
    else keys.add(textOf(fields, 'keyHash')?.toLowerCase(), `${path}.keyHash`);
    if ((fields.key === undefined) === (fields.keyHash === undefined))
      faults.add(path, 'must have exactly one of key and keyHash');
  }
}

/** SHA-256 as lower-case hex: how a client's key is kept. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function checkUpstreams(upstreams: readonly Entry[], doors: Doors, faults: FaultList): void {
  const names = new UniqueValues('name', faults);
  for (const { path, fields } of upstreams) {
    names.add(textOf(fields, 'name'), `${path}.name`);
    if (fields.protocol === 'anthropic' && fields.api !== undefined) faults.add(`${path}.api`, 'goes only with protocol: openai');
    const baseUrl = parseBaseUrl(textOf(fields, 'baseUrl') ?? '');
    if (baseUrl === undefined) continue;
    const endpoint = endpointOf(baseUrl);
    if (leadsBack(endpoint, doors.host, doors.port) || leadsBack(endpoint, doors.adminHost, doors.adminPort)) {
      faults.add(`${path}.baseUrl`, 'points at this gateway itself: requests would go round for ever');
    }
  }
}

function checkCredentials(credentials: readonly SourcedCredential[], faults: FaultList): void {
  const ids = new UniqueValues('id', faults);
  const keys = new UniqueValues('key', faults);
  for (const { id, key, path } of credentials) {
    ids.add(id, path, '.id');
    keys.add(key, path, '.key');
  }
}

/** Fallbacks name other models of the file, each once, and never lead back. */
function checkFallbacks(models: readonly Entry[], faults: FaultList): void {
  const byName = new Map(models.map(({ fields }) => [textOf(fields, 'name'), fallbacksOf(fields)]));
  for (const { path, fields } of models) {
    const name = textOf(fields, 'name');
    const seen = new UniqueValues('model', faults);
    for (const [index, fallback] of fallbacksOf(fields).entries()) {
      const at = `${path}.fallbacks[${index}]`;
      seen.add(fallback, at);
      if (fallback === name) faults.add(at, 'is this model itself');
      else if (!byName.has(fallback)) faults.add(at, 'names no model of this file');
      else if (leadsTo(byName, fallback, name)) faults.add(at, 'leads back to this model');
    }
  }
}

function fallbacksOf(fields: Entry['fields']): string[] {
  return Array.isArray(fields.fallbacks) ? fields.fallbacks.filter((name): name is string => typeof name === 'string') : [];
}

function leadsTo(byName: ReadonlyMap<string | undefined, readonly string[]>, from: string, to: string | undefined): boolean {
  const reached = new Set([from]);
  for (const name of reached) for (const next of byName.get(name) ?? []) reached.add(next);
  return to !== undefined && reached.has(to);
}

function checkModels({ models, upstreams }: Draft, faults: FaultList): void {
  const known = new Set(upstreams.map(({ fields }) => textOf(fields, 'name')).filter((name) => name !== undefined));
  const names = new UniqueValues('name', faults);
  for (const { path, fields } of models) {
    names.add(textOf(fields, 'name'), `${path}.name`);
    const targets = entriesOf(fields.targets, `${path}.targets`);
    if (Array.isArray(fields.targets) && targets.length === 0) faults.add(`${path}.targets`, 'is empty: at least one is needed');
    const pairs = new UniqueValues('upstream and model', faults);
    for (const target of targets) {
      const upstream = textOf(target.fields, 'upstream');
      if (upstream === undefined) continue;
      if (!known.has(upstream)) faults.add(`${target.path}.upstream`, 'names no upstream of this file');
      pairs.add(`${upstream}/${textOf(target.fields, 'model') ?? ''}`, target.path);
    }
  }
  checkFallbacks(models, faults);
}
