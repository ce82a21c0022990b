/** Exact turns, told apart from what a machine too busy for the store's 100 ms makes of them. */
/** A running gateway, however it was started. */
interface Metered {
  metric(name: string): Promise<number>;
}

interface Assertions {
  ok(value: unknown, message: string): unknown;
  comment(message: string): unknown;
}

/**
 * Each key was asked as often as `expected`, exactly; where the gateways say that they chose without the shared store
 * (which was slower than a request may wait), each such choice may have gone astray, and no more than those.
 */
export async function turnsAre(
  t: Assertions,
  gateways: readonly Metered[],
  counts: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
): Promise<void> {
  const alone = await choicesMadeAlone(gateways);
  if (alone > 0) t.comment(`the store was too slow on this machine for ${alone} choices`);
  for (const key of new Set([...Object.keys(counts), ...Object.keys(expected)])) {
    const difference = Math.abs((counts[key] ?? 0) - (expected[key] ?? 0));
    t.ok(difference <= alone, `${key}: ${counts[key]} for ${expected[key]}, ${alone} chosen alone`);
  }
}

export async function choicesMadeAlone(gateways: readonly Metered[]): Promise<number> {
  const each = await Promise.all(gateways.map((gateway) => gateway.metric('tidegate_store_fallbacks_total')));
  return each.reduce((sum, count) => sum + count, 0);
}
