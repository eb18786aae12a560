import { Shop } from "./shop.js";

let running: Shop | undefined;

/** The shop that all system tests share. */
export function shop(): Shop {
  if (running === undefined) throw new Error("the shop is not open yet");
  return running;
}

/** `SHOP_FLAGS` chooses its implementations, such as `--impl inventory=go`. */
export const flags: readonly string[] = (process.env.SHOP_FLAGS ?? "").split(" ").filter(Boolean);

export const mochaHooks = {
  async beforeAll(this: Mocha.Context) {
    this.timeout(300_000);
    running = await new Shop().start({ flags });
  },
  async afterAll(this: Mocha.Context) {
    this.timeout(60_000);
    await running?.[Symbol.asyncDispose]();
  },
};
