import { createStateFile, serveControl } from "@theseus/runtime/control";

/** A process that is controlled as a supervisor is, and runs nothing. Its arguments: the state file and the socket. */
const [, , state = "", socket = ""] = process.argv;
createStateFile(state, socket);
await serveControl(socket, {
  status: async () => ({}),
  down: () => process.exit(0),
});
process.stdout.write("controlled\n");
