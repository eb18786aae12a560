import type { SignOutResponse } from "@theseus/contract/theseus/user/v1/user_service.js";
import { type Call, requireUser } from "@theseus/kit";
import type { UserContext } from "../user-context.js";

/** Ends the session of the call's access token. */
export async function signOut({ sessions }: UserContext, call: Call): Promise<SignOutResponse> {
  await sessions.end(requireUser(call).sessionId);
  return {};
}
