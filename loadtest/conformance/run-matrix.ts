/** Runs the cells: the harmless ones several at a time, then those that make credentials rest, one by one. */
import { Cell, fetchFor, type Seal, type Target } from './cell.js';
import type { Family } from './families.js';
import { exceptionOf, type Feature } from './feature.js';
import { judge, type Verdict, worst } from './judge.js';
import { createClient } from './kinds.js';
import type { CellResult, ClientKind, Mode, Protocol } from './words.js';

const AT_ONCE = 6;
const LONGEST_CELL_MS = 30_000;

/** A square of the table. */
export interface Place {
  feature: Feature;
  family: Family;
  kind: ClientKind;
  upstream: Protocol;
}

/** What is wanted of the whole matrix. */
export interface Plan {
  features: readonly Feature[];
  families: readonly Family[];
  clients: readonly ClientKind[];
  upstreams: readonly Protocol[];
  /** Only cells whose client speaks what the upstream speaks: a target without conversion. */
  sameOnly: boolean;
}

export function placesOf({ features, families, clients, upstreams, sameOnly }: Plan): Place[] {
  const places = features.flatMap((feature) =>
    families
      .filter(({ whole }) => whole || feature.byFamily)
      .flatMap((family) => clients.flatMap((kind) => upstreams.map((upstream): Place => ({ feature, family, kind, upstream })))),
  );
  return places.filter(({ kind, upstream }) => !sameOnly || kind.protocol === upstream);
}

/** Results in the order of the places. */
export async function runMatrix(places: readonly Place[], target: Target): Promise<CellResult[]> {
  const results = new Map<Place, CellResult>();
  const run = async (place: Place): Promise<void> => {
    results.set(place, await runPlace(place, target));
  };
  await inParallel(
    places.filter(({ feature }) => !feature.harmful),
    AT_ONCE,
    run,
  );
  await inParallel(
    places.filter(({ feature }) => feature.harmful),
    1,
    run,
  );
  return places.map((place) => results.get(place) as CellResult);
}

async function runPlace(place: Place, target: Target): Promise<CellResult> {
  const { feature, family, kind, upstream } = place;
  const named = { feature: feature.id, family: family.id, client: kind.id, upstream };
  const exception = exceptionOf(feature, kind, upstream);
  if (exception?.outcome === 'n/a') return { ...named, outcome: 'n/a', note: exception.why };
  const verdicts: Verdict[] = [];
  for (const mode of feature.modes) {
    const { outcome, note } = judge(await attempt(place, mode, target), exception);
    const told = outcome === 'fail' && feature.modes.length > 1 ? `${mode}: ${note}` : note;
    verdicts.push({ outcome, note: told });
  }
  return { ...named, ...worst(verdicts) };
}

/** What the feature threw; undefined when it was content. */
async function attempt({ feature, family, kind, upstream }: Place, mode: Mode, target: Target): Promise<unknown> {
  const seals: Seal[] = [];
  const way = fetchFor(target, upstream);
  const watched: typeof fetch = async (...request) => {
    const response = await way(...request);
    seals.push({ status: response.status, headers: response.headers });
    return response;
  };
  const client = createClient(kind, { origin: target.origin, key: target.key, fetch: watched });
  const cell = new Cell({ kind, upstream, family, mode }, target, client, seals);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`no end within ${LONGEST_CELL_MS / 1000} s`)), LONGEST_CELL_MS);
  });
  const thrown = await Promise.race([
    feature.run(cell).then(
      () => undefined,
      (error: unknown) => error,
    ),
    late,
  ]);
  clearTimeout(timer);
  return thrown;
}

async function inParallel<Item>(items: readonly Item[], width: number, work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
