import { ErrorReason, StatusError } from "@theseus/kit";
import { expect } from "chai";
import { toStoreFault } from "../src/store/redis-connection.js";

/** An error reply, as the driver hands it over. */
const reply = (message: string) => Object.assign(new Error(message), { name: "ReplyError" });

describe("what an error reply of the store means", () => {
  for (const text of [
    "LOADING Redis is loading the dataset in memory",
    "MISCONF Errors writing to the AOF file: No space left on device",
    "OOM command not allowed when used memory > 'maxmemory'. script: 5f3c, on @user_script:1.",
    "READONLY You can't write against a read only replica.",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "NOREPLICAS Not enough good replicas to write.",
    "BUSY Redis is busy running a script.",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "ERR max number of clients reached",
  ]) {
    it(`is SERVICE_UNAVAILABLE for ${text}`, () => {
      expect(toStoreFault(reply(text)))
        .to.be.instanceOf(StatusError)
        .and.include({ reason: ErrorReason.SERVICE_UNAVAILABLE });
    });
  }

  for (const text of ["ERR unknown command 'EVALSHX'", "WRONGTYPE Operation against a key", "OOMPH"]) {
    it(`stays what it is for ${text}`, () => {
      const error = reply(text);
      expect(toStoreFault(error)).to.equal(error);
    });
  }
});
