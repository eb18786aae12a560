import type { Endpoints } from "@theseus/runtime/control";
import { readCredentials } from "./credentials.js";
import type { Answer, EdgeCall } from "./edge-client.js";
import { peopleOf } from "./people.js";
import { signIn } from "./session.js";

/** Signs in as the administrator that the shop keeps; the access token. */
export async function signInAsAdministrator(
  call: (call: EdgeCall) => Promise<Answer>,
  endpoints: Endpoints,
): Promise<string> {
  const { accessToken } = await signIn(call, readCredentials(peopleOf(endpoints).admin));
  return accessToken;
}
