import { Server, ServerCredentials } from "@grpc/grpc-js";
import { expect } from "chai";
import { healthOf, rejectionOf } from "../src/index.js";

describe("healthOf", () => {
  it("asks about a service by its name", async () => {
    const asked: string[] = [];
    const server = new Server();
    const bytes = (message: Buffer) => message;
    server.register(
      "/grpc.health.v1.Health/Check",
      ({ request }: { request: Buffer }, done: (error: null, answer: Buffer) => void) => {
        asked.push(request.subarray(2).toString());
        done(null, Buffer.from([8, asked.length]));
      },
      bytes,
      bytes,
      "unary",
    );
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const statuses = [
      await healthOf(`127.0.0.1:${port}`),
      await healthOf(`127.0.0.1:${port}`, "shop.v1.Fleet"),
    ];
    server.forceShutdown();
    expect(statuses).to.deep.equal(["SERVING", "NOT_SERVING"]);
    expect(asked).to.deep.equal(["", "shop.v1.Fleet"]);
  });

  it("rejects when nobody answers", async () => {
    expect(await rejectionOf(healthOf("127.0.0.1:1"))).to.have.property("code", 14);
  });
});
