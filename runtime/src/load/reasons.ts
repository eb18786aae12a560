interface ErrorBody {
  readonly error?: {
    readonly status?: string;
    readonly details?: readonly { readonly reason?: string }[];
  };
}

/** The reason of a refusal as JSON has it: of google.rpc.ErrorInfo, else the code; empty for a body that is no refusal. */
export function reasonIn(body: unknown): string {
  const { error } = Object(body) as ErrorBody;
  return error?.details?.find(({ reason }) => reason !== undefined)?.reason ?? error?.status ?? "";
}

/** How a call ended that was not answered: `ECONNRESET`, `TimeoutError`. */
export function brokenBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = (error.cause ?? error) as { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}
