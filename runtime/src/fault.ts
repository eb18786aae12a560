/** Something that the user of the command can put right: what is wrong, and what to do. Shown without a stack. */
export class Fault extends Error {
  override readonly name: string = "Fault";

  constructor(
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${problem}\n  ${remedy}`, options);
  }
}

/** A wrong request: an unknown name or a value out of range. */
export class UsageFault extends Fault {}

/** Explains file-system errors that a person can act on; any other error keeps its message. */
export function toFault(error: unknown, doing: string): Fault {
  if (error instanceof Fault) return error;
  // The work failed, and so did its disposal: the failure of the work is the cause.
  if (error instanceof Error && "suppressed" in error) return toFault(error.suppressed, doing);
  const { code, path } = error as NodeJS.ErrnoException;
  const where = path === undefined ? "" : ` (${path})`;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new Fault(`${doing}: the disk is full${where}.`, "Free some space and try again.", {
        cause: error,
      });
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return new Fault(
        `${doing}: no permission to write${where}.`,
        "Use a folder of your own: THESEUS_HOME for data, THESEUS_CACHE for downloads, TMPDIR for sockets.",
        { cause: error },
      );
    case "EMFILE":
    case "ENFILE":
      return new Fault(`${doing}: too many open files.`, "Raise the limit (ulimit -n 4096) and try again.", {
        cause: error,
      });
    default:
      return new Fault(
        `${doing}: ${error instanceof Error ? error.message : String(error)}.`,
        "See the logs: theseus logs.",
        { cause: error },
      );
  }
}
