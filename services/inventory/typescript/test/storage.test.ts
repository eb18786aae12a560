import { readdirSync, readFileSync } from "node:fs";
import { decodePageToken, encodePageToken, fingerprint } from "@theseus/kit";
import { expect } from "chai";
import { toResumeToken } from "../src/rules/resume-token.js";
import { anyKey, type Scripts, startScripts } from "./support/scripts-on-redis.js";

const SCRIPTS = new URL("../../../lua/", import.meta.url);
const DOCUMENT = readFileSync(new URL("../../../storage.md", import.meta.url), "utf8");

interface Examples {
  readonly fingerprints: readonly (readonly [texts: readonly string[], hex: string])[];
  readonly tokens: readonly (readonly [bound: readonly string[], cursor: readonly string[], token: string])[];
  readonly lines: readonly string[];
}

/** The names in the first column of the table under a heading. */
function fieldsUnder(heading: string): readonly string[] {
  const section = DOCUMENT.split(`### ${heading}\n`)[1]?.split("\n#")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""),
  );
}

describe("storage.md", () => {
  const examples: Examples = JSON.parse(/```json\n(.*?)```/s.exec(DOCUMENT)?.[1] ?? "{}");
  let scripts: Scripts;
  before(async () => {
    scripts = await startScripts();
    await scripts.create("kettle", 5n, { units: "12" });
    await scripts.create("pot", 5n, { units: "0", nanos: "990000000" });
    const lines = [
      ["kettle", 2],
      ["pot", 1],
    ] as const;
    const key = { ...anyKey(), requestId: "id" };
    await scripts.reservations.create({ id: "r", ttlMs: 60_000, lines }, key);
    await scripts.reservations.uncommit("r", "payments/p");
    await scripts.reservations.uncommit("t", "payments/p");
  });
  after(() => scripts[Symbol.asyncDispose]());

  it("has fingerprints and tokens as the code makes them", () => {
    for (const [texts, hex] of examples.fingerprints) expect(fingerprint(texts)).to.equal(hex);
    for (const [bound, cursor, token] of examples.tokens) {
      expect(encodePageToken(bound, cursor)).to.equal(token);
      expect(decodePageToken(bound, token)).to.deep.equal(cursor);
    }
    const position = "1700000000000-0";
    expect(toResumeToken(["pot", "kettle"], { position })).to.equal(examples.tokens[1]?.[2]);
    expect(toResumeToken([], { position, item: "kettle" })).to.equal(examples.tokens[2]?.[2]);
  });

  it("lets the service's user do what the scripts do", () => {
    const [, clients = "", ...others] = (/```acl\n(.*?)```/s.exec(DOCUMENT)?.[1] ?? "").split("\n");
    expect(clients).to.equal("+ping +info +eval +evalsha +xread");
    const commands = [...others.join("\n").matchAll(/\+(\w+)/g)].map((match) => match[1]);
    const sources = readdirSync(SCRIPTS).map((name) => readFileSync(new URL(name, SCRIPTS), "utf8"));
    const calls = [...sources.join("\n").matchAll(/redis\.p?call\("(\w+)"/g)];
    const called = calls.map((match) => match[1]?.toLowerCase());
    expect(commands).to.deep.equal([...new Set(called)].sort());
  });

  it("names the keys that there are", async () => {
    expect((await scripts.redis.keys("*")).sort()).to.deep.equal([
      ...[
        "inventory:expiry",
        "inventory:holds:users/ada",
        "inventory:item:kettle",
        "inventory:item:pot",
        "inventory:items",
      ],
      ...["inventory:items:ACTIVE", "inventory:levels"],
      ...(await scripts.redis.keys("inventory:request:users/ada:*")).sort(),
      ...["inventory:reservation:r", "inventory:reservation:t", "inventory:retention"],
    ]);
    expect(await scripts.redis.exists("inventory:request:users/ada:id")).to.equal(1);
  });

  it("names the fields that an item has", async () => {
    const fields = await scripts.redis.hkeys("inventory:item:kettle");
    expect(fields).to.have.members(fieldsUnder("Item"));
  });

  it("names the fields that a reservation and a tombstone have", async () => {
    const fields = fieldsUnder("Reservation").map((field) => field.replace("{payment}", "p"));
    expect(await scripts.redis.hkeys("inventory:reservation:r")).to.have.members(fields);
    expect(await scripts.redis.hkeys("inventory:reservation:t")).to.have.members([
      ...["state", "create_time", "fence:payments/p"],
    ]);
    expect(await scripts.redis.hget("inventory:reservation:r", "lines")).to.equal(examples.lines[0]);
  });

  it("says what a request's record holds", async () => {
    const record = await scripts.redis.get("inventory:request:users/ada:id");
    expect(record).to.match(
      /^\d+:[^,]+,1:r,9:users\/ada,4:HELD,0:,13:\d{13},13:\d{13},3:EUR,2:25,9:990000000,\d+:kettle/,
    );
  });
});
