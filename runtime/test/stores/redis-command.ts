import { connect } from "node:net";

/** Sends one command as the user that the URL names, and gives the reply as it comes: `+OK`, `-NOPERM …`. */
export function redis(url: string, ...command: readonly string[]): Promise<string> {
  const [, user = "", password = "", path = ""] =
    /^unix:\/\/(?:(?:(.+):(.+)@)?localhost)?(\/.+)$/.exec(url) ?? [];
  const commands = [...(user === "" ? [] : [["AUTH", user, password]]), command];
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let said = "";
    socket.once("error", reject);
    socket.on("data", (data) => {
      said += data;
      const reply = user === "" ? said : said.replace(/^\+OK\r\n/, "");
      if (reply === "") return;
      socket.destroy();
      resolve(reply.trimEnd());
    });
    socket.write(commands.map(encode).join(""));
  });
}

function encode(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${command.length}\r\n${parts.join("")}`;
}
