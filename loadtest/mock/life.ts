/** Stops gently at the first SIGTERM or SIGINT, or when the parent that forked this process is gone; at once at the second signal. */
export function stopWithSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(1);
    stopping = true;
    void stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.once('disconnect', () => process.exit(0));
}
