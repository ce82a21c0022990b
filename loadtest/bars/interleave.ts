/** Measures several things in turn, round by round, so that whatever the machine does meanwhile befalls all of them alike. */
export async function interleave<Name extends string, Result>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Promise<Result>,
): Promise<Map<Name, Result[]>> {
  const results = new Map<Name, Result[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Every second round goes backwards: whoever comes first after a pause has no advantage over the whole.
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) results.get(name)?.push(await measure(name));
  }
  return results;
}
