/** Does it once for all who ask while it is under way, and anew for whoever asks later. */
export function shareUnderway<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let underway: Promise<Value> | undefined;
  return () => {
    underway ??= work().finally(() => {
      underway = undefined;
    });
    return underway;
  };
}
