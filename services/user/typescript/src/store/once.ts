/** The task, done once: calls share the attempt that runs or has succeeded; after a failure the next call tries again. */
export function once(task: () => Promise<void>): () => Promise<void> {
  let attempt: Promise<void> | undefined;
  return () => {
    attempt ??= task().catch((error: unknown) => {
      attempt = undefined;
      throw error;
    });
    return attempt;
  };
}
