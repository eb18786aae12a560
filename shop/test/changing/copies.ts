import { localRequest } from "@theseus/runtime/control";

const counters = /^cluster\.shadow\.upstream_rq(?:_pending)?_total: (\d+)$/gm;

/**
 * Calls that sidecars have copied so far, or tried to where nobody takes copies, by the sockets of their admin interfaces. One that
 * waited for its connection counts twice.
 */
export async function copiesOf(admins: readonly string[]): Promise<number> {
  const counts = admins.map(async (socketPath) => {
    const { body } = await localRequest({ at: { socketPath }, path: "/stats?filter=^cluster.shadow" });
    const found = [...body.matchAll(counters)].map(([, count]) => Number(count));
    if (found.length !== 2) throw new Error(`no counters of copies: ${body}`);
    return found.reduce((sum, count) => sum + count, 0);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
