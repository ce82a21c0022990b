import { LivePage } from './live-page.js';

/** `--live [PORT]`: true without a port. */
export type LiveWish = number | true | undefined;

/** Starts the page where one is wished for and says where it is; rejects before the run when the port is taken. */
export async function startLive(wish: LiveWish, title = 'Tidegate load test'): Promise<LivePage | undefined> {
  if (wish === undefined) return undefined;
  const page = await LivePage.start(wish === true ? 0 : wish, title);
  // Standard output may be wanted as JSON.
  console.error(`live: ${page.address}`);
  return page;
}
