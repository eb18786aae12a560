import { inspect } from "node:util";

/**
 * What a promise rejects with: an error of the type that is asked for. A promise that resolves, or rejects with something
 * else, makes this one reject.
 *
 * @example const { reason } = await rejectionOf(client.getItem({ name: "items/none" }), StatusError);
 */
export async function rejectionOf<Wanted extends Error = Error>(
  promise: PromiseLike<unknown>,
  type: abstract new (...args: never[]) => Wanted = Error as never,
): Promise<Wanted> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) throw new Error(`a rejection was expected, it gave ${inspect(outcome.value)}`);
  if (outcome.error instanceof type) return outcome.error;
  throw outcome.error;
}
