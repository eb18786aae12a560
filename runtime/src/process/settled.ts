/** Like Promise.all, but waits for every one before it rejects: nothing may still be starting when the stop begins. */
export async function settled<Value>(promises: readonly Promise<Value>[]): Promise<readonly Value[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
