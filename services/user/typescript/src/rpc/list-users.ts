import type { ListUsersRequest, ListUsersResponse } from "@theseus/contract/theseus/user/v1/user_service.js";
import { decodePageToken, encodePageToken, pageSize, RESOURCE_ID } from "@theseus/kit";
import { toUser } from "../rules/user.js";
import type { UserContext } from "../user-context.js";

export async function listUsers(
  { users, adminRole }: UserContext,
  { pageSize: asked, pageToken, showDeleted }: ListUsersRequest,
): Promise<ListUsersResponse> {
  const bound = ["ListUsers", String(showDeleted)];
  const [after = ""] = pageToken === "" ? [] : decodePageToken(bound, pageToken, [RESOURCE_ID]);
  const size = pageSize(asked);
  const found = await users.list({ after, limit: size + 1, deletedToo: showDeleted });
  const page = found.slice(0, size);
  const last = found.length > size ? page.at(-1) : undefined;
  return {
    users: page.map((user) => toUser(user, adminRole)),
    nextPageToken: last === undefined ? "" : encodePageToken(bound, [last._id]),
  };
}
