import { type Endpoints, Fault } from "@theseus/runtime/control";
import { readCredentials } from "./credentials.js";
import { type Answer, type EdgeCall, faultOf } from "./edge-client.js";
import { peopleOf } from "./people.js";

/** Signs in as the administrator that the shop keeps; the access token. */
export async function signInAsAdministrator(
  call: (call: EdgeCall) => Promise<Answer>,
  endpoints: Endpoints,
): Promise<string> {
  const body = readCredentials(peopleOf(endpoints).admin);
  const answer = await call({ method: "POST", path: "/v1/users:signIn", body });
  if (answer.status === 200 && typeof answer.body.accessToken === "string") return answer.body.accessToken;
  throw new Fault(
    `Signing in as administrator was answered ${answer.status}${faultOf(answer)}.`,
    "See theseus logs user-1 and theseus logs gateway-1.",
  );
}
