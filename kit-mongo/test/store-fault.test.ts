import { ErrorReason, StatusError } from "@theseus/kit";
import { expect } from "chai";
import { MongoNetworkError, MongoServerError, MongoWriteConcernError } from "mongodb";
import { toStoreFault } from "../src/store-fault.js";

const server = (code: number) => new MongoServerError({ message: "refused", code });
const system = (code: string) => Object.assign(new Error(code), { code });

describe("what a failure of the store means", () => {
  for (const [what, error] of [
    ["a connection that broke", new MongoNetworkError("connection closed")],
    ["a socket's own error", system("EPIPE")],
    ["a socket's own error that is rare", system("ENOTCONN")],
    ["a server that is not the primary", server(10_107)],
    ["a server that is going down", server(11_600)],
    ["a server that has failed inside", server(1)],
    ["a server whose disk is full", server(14_031)],
    [
      "a write that is not known to be on the disk",
      new MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: "waiting timed out" } }),
    ],
  ] as const) {
    it(`is SERVICE_UNAVAILABLE for ${what}`, () => {
      const fault = toStoreFault(error);
      expect(fault).to.be.instanceOf(StatusError).and.include({ reason: ErrorReason.SERVICE_UNAVAILABLE });
      expect(fault).to.have.property("cause", error);
    });
  }

  for (const [what, error] of [
    ["a command that the store refuses", server(59)],
    ["a fault of the service", new TypeError("not a function")],
    ["a refusal of the service", new StatusError(ErrorReason.EMAIL_TAKEN, "taken")],
    ["a path that is not there", system("ERR_INVALID_ARG_TYPE")],
  ] as const) {
    it(`stays what it is for ${what}`, () => {
      expect(toStoreFault(error)).to.equal(error);
    });
  }
});
