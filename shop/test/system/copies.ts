import { localRequest } from "@theseus/runtime/control";

/** Calls that sidecars have copied so far, by the sockets of their admin interfaces. */
export async function copiesOf(admins: readonly string[]): Promise<number> {
  const counts = admins.map(async (socketPath) => {
    const path = "/stats?filter=^cluster.shadow.upstream_rq_total$";
    const { body } = await localRequest({ at: { socketPath }, path });
    const [, count] = /: (\d+)/.exec(body) ?? [];
    if (count === undefined) throw new Error(`no counter of copies: ${body}`);
    return Number(count);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
