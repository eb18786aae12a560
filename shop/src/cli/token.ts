import { readFileSync } from "node:fs";
import { Fault, type Home } from "@theseus/runtime/control";
import { localRequest } from "@theseus/runtime/supervisor";
import { peopleOf } from "../seed/people.js";
import { askStatus, sayNotRunning } from "./supervisor.js";

export async function token(home: Home, flags: { readonly admin?: true }): Promise<number> {
  const { endpoints } = (await askStatus(home)) ?? {};
  if (endpoints === undefined) return sayNotRunning(home);
  const { admin, customer } = peopleOf(endpoints);
  const response = await localRequest({
    at: { port: Number(new URL(endpoints.http).port) },
    method: "POST",
    path: "/v1/users:signIn",
    headers: { "content-type": "application/json" },
    body: readFileSync(flags.admin ? admin : customer, "utf8"),
    timeoutMs: 15_000,
  });
  const { accessToken } = JSON.parse(response.body) as { accessToken?: unknown };
  if (response.status === 200 && typeof accessToken === "string") {
    console.log(accessToken);
    return 0;
  }
  throw new Fault(`Signing in was answered ${response.status}.`, "See theseus logs user-1.");
}
