import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { HttpClient } from "./http-client.js";
import { shop } from "./root-hooks.js";

const PER_ADDRESS = 100;
/** Addresses of this machine: only Linux has more than one without further ado. */
const ADDRESSES = process.platform === "linux" ? 10 : 1;
const CALLS = 100;

describe("a crowd at the edge", () => {
  const held: ClientRequest[] = [];
  const leave = () => {
    for (const each of held.splice(0)) each.destroy();
  };
  afterEach(leave);

  /** Opens a stream from an address, and leaves it open. */
  const watch = async (localAddress: string): Promise<IncomingMessage> => {
    const { hostname: host, port } = new URL(shop().edge);
    const call = request({ host, port, path: "/v1/items:watchStock", localAddress, agent: false });
    call.on("error", () => {});
    held.push(call);
    call.end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    return response.on("error", () => {});
  };

  it("of silent connections is closed in seconds, and others are served meanwhile", async () => {
    const { hostname, port } = new URL(shop().edge);
    const silent = Array.from({ length: 2100 }, () => connect(Number(port), hostname));
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    const closed = Promise.all(silent.map((socket) => once(socket.resume(), "close")));
    await median();
    await closed;
  });

  it("of watchers has room of its own: the next one of an address is refused, and other calls go on", async () => {
    await median();
    const before = await median();
    for (let each = 0; each < ADDRESSES; each++) {
      const answers = await Promise.all(
        Array.from({ length: PER_ADDRESS }, () => watch(`127.0.0.${each + 1}`)),
      );
      expect(new Set(answers.map((answer) => answer.resume().statusCode))).to.deep.equal(new Set([200]));
    }
    const refused = await watch("127.0.0.1");
    expect(refused.statusCode).to.equal(429);
    let text = "";
    for await (const chunk of refused) text += chunk;
    expect(JSON.parse(text).error.details[0].reason).to.equal("RATE_LIMITED");
    const isAsBefore = async () => (await median()) < 2 * before;
    await eventually("calls take no longer than twice the time", isAsBefore);
    leave();
    // Each of them is answered, also those in the moment in which all leave.
    await eventually("calls take no longer than twice the time", isAsBefore);
  });
});

/** How long a call takes, in ms; all must succeed. */
async function median(calls = CALLS): Promise<number> {
  const client = new HttpClient(shop().edge);
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const began = performance.now();
    expect((await client.get("/v1/items")).status).to.equal(200);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(calls / 2)] ?? 0;
}
