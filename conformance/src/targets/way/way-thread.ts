import { parentPort } from "node:worker_threads";
import { type CuttableLink, linkTo } from "@theseus/testing";
import { performOnLink } from "./link-action.js";
import { type StoreWrite, writesOver } from "./store-writes.js";
import type { Answered, Asked, OpenedWay, WayRequest } from "./way-request.js";

interface Carried {
  readonly link: CuttableLink;
  readonly writes: () => readonly StoreWrite[];
}

const ways = new Map<number, Carried>();
let opened = 0;

parentPort?.on("message", ({ id, request }: Asked) => {
  const answer = (answered: Omit<Answered, "id">) => parentPort?.postMessage({ id, ...answered });
  perform(request).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ fault: String(error) }),
  );
});

async function perform(request: WayRequest): Promise<OpenedWay | readonly StoreWrite[] | undefined> {
  if (request.verb === "open") return open(request.target);
  const carried = ways.get(request.way);
  if (carried === undefined) throw new Error("the way is closed");
  const { link, writes } = carried;
  switch (request.verb) {
    case "perform":
      await performOnLink(link, request.action, request.server);
      return undefined;
    case "slow":
      link.slow(request.byMs);
      return undefined;
    case "writes":
      return writes();
    case "close":
      ways.delete(request.way);
      await link[Symbol.asyncDispose]();
      return undefined;
    default:
      return request satisfies never;
  }
}

async function open(target: string): Promise<OpenedWay> {
  const link = await linkTo(target);
  opened += 1;
  ways.set(opened, { link, writes: writesOver(link) });
  return { way: opened, url: link.url };
}
