import { expect } from "chai";
import type { ScriptName } from "../src/store/scripts.js";
import { type Scripts, startScripts } from "./support/scripts-on-redis.js";

const OWNER = "users/ada";
const LONG = "600000";
const QUOTA = ["1", "open_reservations", "1"];

/** Each script that writes, with what must have happened before it. */
const WRITES: readonly {
  readonly script: ScriptName;
  readonly args: readonly string[];
  readonly given?: readonly (readonly [ScriptName, readonly string[]])[];
}[] = [
  {
    script: "create-item",
    args: [OWNER, "id", "print", "pot", "Pot", "", "EUR", "1", "0", "ACTIVE", "7"],
  },
  { script: "update-item", args: ["update", "kettle", "1", "title", "Pan", "state", "RETIRED"] },
  { script: "add-stock", args: [OWNER, "id", "print", "kettle", "5"] },
  { script: "sync-stock", args: [OWNER, "id", "print", "kettle", "5"] },
  { script: "create-reservation", args: [OWNER, "id", "print", "r", LONG, ...QUOTA, "kettle", "2"] },
  ...(["release-reservation", "commit-reservation", "uncommit-reservation"] as const).map((script) => ({
    script,
    args: ["r", script === "release-reservation" ? OWNER : "payments/p"],
    given: [["create-reservation", [OWNER, "before", "print", "r", LONG, ...QUOTA, "kettle", "2"]]] as const,
  })),
  {
    script: "uncommit-reservation",
    args: ["r", "payments/p"],
    given: [
      ["create-reservation", [OWNER, "before", "print", "r", LONG, ...QUOTA, "kettle", "2"]],
      ["commit-reservation", ["r", "payments/p"]],
    ],
  },
];

describe("a script that arrives twice, as its first answer got lost", () => {
  let scripts: Scripts;
  before(async () => {
    scripts = await startScripts();
  });
  after(() => scripts[Symbol.asyncDispose]());

  for (const { script, args, given = [] } of WRITES) {
    it(`takes effect once: ${script}${given.length > 1 ? ", after the commit" : ""}`, async () => {
      await scripts.redis.flushall();
      await scripts.create("kettle", 10n);
      for (const [name, before] of given) await scripts.run(name, before);
      const untouched = await contents();
      const first = await scripts.run(script, args);
      const once = await contents();
      const second = await scripts.run(script, args);
      expect(second.values).to.deep.equal(first.values);
      expect(await contents()).to.deep.equal(once);
      expect(once).not.to.deep.equal(untouched);
    });
  }

  /** Everything in the store. */
  async function contents(): Promise<unknown> {
    const { redis } = scripts;
    const keys = (await redis.keys("*")).sort();
    return Promise.all(
      keys.map(async (key) => {
        const type = await redis.type(key);
        if (type === "hash") return [key, await redis.hgetall(key)];
        if (type === "zset") return [key, await redis.zrange(key, "0", "-1", "WITHSCORES")];
        if (type === "set") return [key, (await redis.smembers(key)).sort()];
        if (type === "stream") return [key, await redis.xrange(key, "-", "+")];
        return [key, await redis.get(key)];
      }),
    );
  }
});
