/** `npm run bench -- <name>`: one small measurement each, by name. */
const BENCHES: Record<string, () => Promise<{ run(): Promise<void> }>> = {
  'response-reader': () => import('./response-reader.js'),
  store: () => import('./store.js'),
  'store-worker': () => import('./store-worker.js'),
};

const name = process.argv[2] ?? '';
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(`Which one? ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 64;
} else {
  const { run } = await bench();
  await run();
}
