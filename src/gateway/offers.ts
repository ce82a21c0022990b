/** Which of OpenAI's forms an upstream has turned out to offer: many compatible servers know chat alone. */

/** Milliseconds until an upstream that had no Responses is asked for them again. */
const FORGOTTEN_AFTER = 10 * 60_000;

export class Offers {
  #withoutResponsesUntil = 0;

  get responses(): boolean {
    return performance.now() >= this.#withoutResponsesUntil;
  }

  lacksResponses(): void {
    this.#withoutResponsesUntil = performance.now() + FORGOTTEN_AFTER;
  }
}
