import type { CuttableLink } from "@theseus/testing";

/** Cuts a way, lets it hang, or mends it. */
export type LinkAction = "stop" | "freeze" | "start";

/** To `server` when it is mended, where that is another than before. */
export async function performOnLink(link: CuttableLink, action: LinkAction, server?: string): Promise<void> {
  switch (action) {
    case "stop":
      return link.cut();
    case "freeze":
      return link.freeze();
    case "start":
      link.slow(0);
      return link.mend(server);
    default:
      return action satisfies never;
  }
}
