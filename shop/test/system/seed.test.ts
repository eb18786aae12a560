import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { seedJob } from "../../src/seed/seed.js";
import { askToSignIn, HttpClient, signIn } from "./http-client.js";
import { shop } from "./root-hooks.js";

describe("a start of the shop", () => {
  type Account = { readonly name: string; readonly password: string; readonly token: string };
  const changes: readonly (readonly [
    what: string,
    change: (http: HttpClient, account: Account) => unknown,
  ])[] = [
    ["deleted itself", (http, { name, token }) => http.send("DELETE", `/v1/${name}`, undefined, { token })],
    [
      "changed its address",
      (http, { name, token }) =>
        http.send("PATCH", `/v1/${name}?updateMask=email`, `{"email":"${randomUUID()}@shop.example"}`, {
          token,
        }),
    ],
    [
      "changed its password",
      (http, { name, password: currentPassword, token }) =>
        http.post(
          `/v1/${name}:changePassword`,
          { currentPassword, newPassword: `a long password ${randomUUID()}` },
          { token },
        ),
    ],
  ];
  for (const [what, change] of changes) {
    it(`has a customer who can sign in, though the last one ${what}`, async () => {
      const http = new HttpClient(shop().edge);
      const { email, password } = shop().customer;
      const { body } = await askToSignIn(http, { email, password });
      const changed = await change(http, { name: body.user, password, token: body.accessToken });
      expect(changed).to.include({ status: 200 });
      expect((await askToSignIn(http, { email, password })).status).to.equal(401);
      await seedJob.run(shop().endpoints, new AbortController().signal);
      expect(await signIn(http, shop().customer)).to.be.a("string");
    });
  }

  it("keeps a customer who can sign in", async () => {
    const before = shop().customer;
    await seedJob.run(shop().endpoints, new AbortController().signal);
    expect(shop().customer).to.deep.equal(before);
    expect(await signIn(new HttpClient(shop().edge), before)).to.be.a("string");
  });
});
