/** The task, done once: calls share the attempt that runs or has succeeded; after a failure the next call tries again. */
export function once<T>(task: () => Promise<T>): () => Promise<T> {
  let attempt: Promise<T> | undefined;
  return () => {
    attempt ??= task().catch((error: unknown) => {
      attempt = undefined;
      throw error;
    });
    return attempt;
  };
}
