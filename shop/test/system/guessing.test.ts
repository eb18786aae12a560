import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { HttpClient, registeredUser, signIn } from "./http-client.js";
import { shop } from "./root-hooks.js";

/** Another address of this machine than the tests have: to the shop a stranger's. */
const STRANGER = "127.0.0.2";

describe("a stranger who guesses passwords all the time", () => {
  before(function () {
    if (process.platform === "linux") return;
    this.test?.parent?.tests.forEach((test) => {
      test.title += " (skipped: only on Linux every address of 127.0.0.0/8 is the machine's)";
    });
    this.skip();
  });

  it("has ten guesses looked at, and others sign in beside", async () => {
    const http = new HttpClient(shop().edge);
    const victim = credentials(await registeredUser(http));
    const other = credentials(await registeredUser(http));
    const reasons: Record<string, number> = {};
    const ended = new AbortController();
    const guessing = Array.from({ length: 8 }, async () => {
      while (!ended.signal.aborted) {
        const reason = await guess(victim.email);
        reasons[reason] = (reasons[reason] ?? 0) + 1;
      }
    });
    await eventually("a guess above the quota", async () => "QUOTA_EXCEEDED" in reasons);
    for (let time = 0; time < 5; time++) expect(await signIn(http, other)).to.be.a("string");
    ended.abort();
    await Promise.all(guessing);
    expect(reasons).to.contain.keys("CREDENTIALS_INVALID", "QUOTA_EXCEEDED");
    expect(reasons.CREDENTIALS_INVALID).to.be.at.most(10);
    const { status, body } = await http.post("/v1/users:signIn", victim);
    expect([status, body.error.details[0].metadata]).to.deep.equal([
      429,
      { quota: "wrong_passwords", limit: "10" },
    ]);
  });
});

function credentials({ email, password }: { email: string; password: string }) {
  return { email, password };
}

/** The reason with which a wrong password is refused to the stranger. */
async function guess(email: string): Promise<string> {
  const call = request(`${shop().edge}/v1/users:signIn`, {
    method: "POST",
    localAddress: STRANGER,
    headers: { "content-type": "application/json" },
    agent: false,
  });
  call.end(JSON.stringify({ email, password: "wrong horse battery" }));
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  const body = (await json(answer)) as { error: { details: readonly { reason?: string }[] } };
  return String(body.error.details[0]?.reason);
}
