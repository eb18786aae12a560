import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { HttpClient } from "./http-client.js";
import { shop } from "./root-hooks.js";

describe("theseus token", () => {
  it("prints one token as long as it lasts, from a private file", async () => {
    const first = await token();
    expect(await token()).to.equal(first);
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    const header = (await shop().theseus("token", "--header")).stdout.trim();
    expect(header).to.equal(`Authorization: Bearer ${await token()}`);
  });

  it("refreshes the session when the token is about to expire, and signs in when it has ended", async () => {
    const first = await token();
    change({ accessExpireTime: new Date(Date.now() + 20_000).toISOString() });
    const second = await token();
    expect(second).not.to.equal(first);
    expect(claimsOf(second).sid).to.equal(claimsOf(first).sid);
    await new HttpClient(shop().edge).post("/v1/users:signOut", {}, { token: second });
    change({ accessExpireTime: new Date().toISOString() });
    const third = await token();
    expect(claimsOf(third).sid).not.to.equal(claimsOf(first).sid);
  });

  it("makes a damaged file anew", async () => {
    writeFileSync(file(), "{");
    expect(claimsOf(await token()).sub).to.match(/^users\//);
  });

  async function token(): Promise<string> {
    const { code, stdout, stderr } = await shop().theseus("token");
    expect(code, stderr).to.equal(0);
    return stdout.trim();
  }

  function file(): string {
    return join(shop().home, "secrets/customer.session.json");
  }

  function change(fields: object): void {
    writeFileSync(file(), JSON.stringify({ ...JSON.parse(readFileSync(file(), "utf8")), ...fields }));
  }
});

function claimsOf(token: string): { readonly sub?: string; readonly sid?: string } {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
