import { Fault, type Home } from "@theseus/runtime/control";
import { readCredentials } from "../seed/credentials.js";
import { createEdgeClient, faultOf } from "../seed/edge-client.js";
import { peopleOf } from "../seed/people.js";
import { askStatus, sayNotRunning } from "./supervisor.js";

export async function token(home: Home, flags: { readonly admin?: true }): Promise<number> {
  const { endpoints } = (await askStatus(home)) ?? {};
  if (endpoints === undefined) return sayNotRunning(home);
  const { admin, customer } = peopleOf(endpoints);
  const signIn = createEdgeClient(endpoints.http);
  const body = readCredentials(flags.admin ? admin : customer);
  const answer = await signIn({ method: "POST", path: "/v1/users:signIn", body });
  const { accessToken } = answer.body;
  if (answer.status === 200 && typeof accessToken === "string") {
    console.log(accessToken);
    return 0;
  }
  throw new Fault(
    `Signing in was answered ${answer.status}${faultOf(answer)}.`,
    "See theseus logs user-1 and theseus logs gateway-1.",
  );
}
