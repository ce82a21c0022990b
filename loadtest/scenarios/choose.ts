import type { Scenario } from './scenario.js';

/** The scenarios of these names or numbers, each once, in the order asked for. Throws with what there is for a word that means none. */
export function chooseScenarios(catalogue: readonly Scenario[], words: readonly string[]): Scenario[] {
  const chosen = words.map((word) => {
    const wanted = word.toLowerCase();
    const found = catalogue.find(({ name, number }) => name === wanted || number === wanted);
    if (!found) throw new Error(`no scenario '${word}'; --list prints them: ${catalogue.map(({ name }) => name).join(', ')}`);
    return found;
  });
  return [...new Set(chosen)];
}
