import type { Redis } from "ioredis";
import { connectForBlocking, connectForCommands, createProbe, firstAttempt } from "./redis-connection.js";

/** The connections to the store by one URL, which can become another. */
export interface RedisConnections extends Disposable {
  /** The one for commands that settle soon. */
  commands(): Redis;
  /** The one for a command at a time that waits for something to happen. */
  blocking(): Redis;
  /** Resolves when the store answers. */
  probe(): Promise<void>;
  /** Resolves when the first attempt to connect has ended, whichever way. */
  firstAttempt(): Promise<void>;
  /** Commands from now on go by this URL. Resolves when the one before is used for nothing any more. */
  reopen(url: string): Promise<void>;
}

export function openConnections(firstUrl: string): RedisConnections {
  let url = firstUrl;
  let current = connect(url);

  return {
    commands: () => current.commands,
    blocking: () => current.blocking,
    probe: () => current.probe(),
    firstAttempt: () => firstAttempt(current.commands),

    async reopen(next) {
      if (next === url) return;
      url = next;
      const opening = connect(next);
      await firstAttempt(opening.commands);
      const before = current;
      current = opening;
      // Who waits on it for something to happen waits on the new one from then on.
      before.blocking.disconnect();
      // Commands under way are answered first.
      await before.commands.quit().catch(() => before.commands.disconnect());
    },

    [Symbol.dispose]() {
      current.blocking.disconnect();
      current.commands.disconnect();
    },
  };
}

function connect(url: string) {
  const commands = connectForCommands(url);
  return { commands, blocking: connectForBlocking(url), probe: createProbe(commands) };
}
