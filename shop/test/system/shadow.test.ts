import { join } from "node:path";
import { type Shadow, type ShadowReport, startShadow } from "@theseus/runtime/shadow";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { patchedCopy, startCandidate } from "./candidate.js";
import { HttpClient } from "./http-client.js";
import { type OpenShop, openShop } from "./open-shop.js";
import { checkout } from "./shop.js";

const service = "inventory";
const items = "/v1/items/espresso-cup";

describe("A shadow of inventory", function () {
  this.timeout(120_000);
  let shop: OpenShop;
  let http: HttpClient;

  before(async () => {
    shop = await openShop();
    http = new HttpClient(shop.endpoints.http);
  });
  after(() => shop[Symbol.asyncDispose]());

  it("finds seconds in the place of milliseconds within 50 compared calls, and names the field", async () => {
    using patched = patchedCopy(service, {
      file: "rules/item.js",
      find: "createTime: new Date(Number(createTime))",
      put: "createTime: new Date(Math.floor(Number(createTime) / 1000) * 1000)",
    });
    await using pair = await startCandidate(shop.instances, service, patched.folder);
    const shadow = await startShadow(shop.instances, { service, ...pair });
    const [item] = (await http.get("/v1/items")).body.items;
    for (let n = 0; n < 25; n++) await http.get(`/v1/${item.name}`);
    const report = await reportOf(shadow, ({ compared }) => compared >= 25);
    await shadow.stop();
    expect(report.different.map(({ path }) => path)).to.include("ok.create_time");
    console.log(JSON.stringify(report, null, 1));
  });
});

/** The report as soon as it is so. */
async function reportOf(shadow: Shadow, isSo: (report: ShadowReport) => boolean): Promise<ShadowReport> {
  let report = await shadow.report();
  await eventually("the report says so", async () => {
    report = await shadow.report();
    return isSo(report);
  });
  return report;
}
