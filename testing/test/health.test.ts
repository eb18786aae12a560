import { Server, ServerCredentials } from "@grpc/grpc-js";
import {
  type HealthServer,
  HealthService,
  HealthCheckResponse_ServingStatus as Status,
} from "@theseus/contract/grpc/health/v1/health.js";
import { expect } from "chai";
import { healthOf, rejectionOf } from "../src/index.js";

describe("healthOf", () => {
  it("asks about the server and about a service by its name", async () => {
    const server = new Server();
    const known: Readonly<Record<string, Status>> = {
      "": Status.SERVING,
      "shop.v1.Fleet": Status.NOT_SERVING,
    };
    const methods: HealthServer = {
      check: ({ request }, done) => done(null, { status: known[request.service] ?? Status.SERVICE_UNKNOWN }),
      watch: (call) => call.end(),
    };
    server.addService(HealthService, methods);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const ask = (service?: string) => healthOf(`127.0.0.1:${port}`, service);
    const told = [await ask(), await ask("shop.v1.Fleet"), await ask("shop.v1.Else")];
    server.forceShutdown();
    expect(told).to.deep.equal(["SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"]);
  });

  it("rejects when nobody answers", async () => {
    expect(await rejectionOf(healthOf("127.0.0.1:1"))).to.have.property("code", 14);
  });
});
