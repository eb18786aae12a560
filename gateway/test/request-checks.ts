import type { Message } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Ask, ask, errorOf, fieldsOf, reasonOf } from "./http-client.js";
import type { Shop } from "./shop.js";

/** What a test asks of a request to the shop of the moment. */
export function createChecks(open: () => Shop) {
  async function arrives(
    path: string,
    options: Ask = {},
  ): Promise<{ readonly rpc: string; readonly request: Record<string, unknown> }> {
    const answer = await ask(open().address, path, options);
    expect(answer.text).to.match(/^\{/);
    expect(answer.status, answer.text).to.equal(200);
    const { rpc, requests } = open().upstream.last();
    return { rpc, request: (requests[0] ?? {}) as Message & Record<string, unknown> };
  }

  async function refused(path: string, options: Ask = {}) {
    const before = open().upstream.arrived.length;
    const answer = await ask(open().address, path, options);
    expect(open().upstream.arrived.length, "calls of the upstream").to.equal(before);
    const error = errorOf(answer);
    expect(error.code).to.equal(answer.status);
    return {
      status: answer.status,
      headers: answer.headers,
      error,
      reason: reasonOf(error),
      fields: fieldsOf(error),
    };
  }

  return { arrives, refused };
}

/** A POST of a value, or of text as it is. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Ask {
  return { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers };
}
