import { UserService } from "@theseus/contract/es/theseus/user/v1/user_service_pb.js";
import { User, UserState } from "@theseus/contract/theseus/user/v1/user.js";
import { UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import { bind, createLog, ErrorReason, type RunningServer, StatusError, serve } from "@theseus/kit";

/** Every account is there but `users/gone`, which is deleted, and `users/missing`. */
export function startUsers(listen: string): Promise<RunningServer> {
  const refuse = async (): Promise<never> => {
    throw new StatusError(ErrorReason.UNIMPLEMENTED, "not asked for by payments");
  };
  const names = Object.keys(UserServiceService) as (keyof typeof UserServiceService)[];
  const others = Object.fromEntries(names.map((name) => [name, refuse])) as Record<
    keyof typeof UserServiceService,
    typeof refuse
  >;
  return serve({
    listen,
    services: [
      bind(UserServiceService, UserService, {
        ...others,
        getUser: async ({ name }) => {
          if (name === "users/missing")
            throw new StatusError(ErrorReason.USER_NOT_FOUND, "there is no such user");
          const gone = name === "users/gone";
          return User.fromPartial({
            name,
            state: gone ? UserState.USER_STATE_DELETED : UserState.USER_STATE_ACTIVE,
          });
        },
      }),
    ],
    probe: async () => undefined,
    log: createLog({ level: "silent", name: "users" }),
  });
}
