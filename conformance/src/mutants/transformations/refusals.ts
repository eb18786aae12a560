import { create, fromBinary } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { type Any, anyPack, anyUnpack, durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  type BadRequest,
  BadRequestSchema,
  type ErrorInfo,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { Code, ErrorReason, isRedacted, readDetails, reasonNamed, ruleOf } from "@theseus/kit/contract";
import { z } from "zod";
import { reasonName, statusName } from "../../cases/expectation.js";
import type { Ending } from "../ending.js";
import type { Exchange, Transformation } from "../transformation.js";
import { visit } from "./change-messages.js";
import { parametrised, type Transformations } from "./parametrised.js";

/** What can be wrong with refusals. */
export const REFUSALS = {
  "details-missing": () => refusals(({ code, message }) => ({ code, message })),
  "domain-missing": () =>
    reasons((info) => {
      info.domain = "";
    }),
  "reason-metadata-missing": () =>
    reasons((info) => {
      info.metadata = {};
    }),
  "retry-info-missing": () => details((all) => all.filter((detail) => !isRetryInfo(detail))),
  "retry-info-always": () =>
    details((all) => [
      ...all.filter((detail) => !isRetryInfo(detail)),
      anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay: { seconds: 1n } })),
    ]),
  "retry-info-in-milliseconds": () =>
    details((all) => all.map((detail) => (isRetryInfo(detail) ? milliseconds(detail) : detail))),
  "violations-missing": () =>
    details((all) => all.filter((detail) => anyUnpack(detail, BadRequestSchema) === undefined)),
  "first-violation-only": () =>
    violations((bad) => {
      bad.fieldViolations = bad.fieldViolations.slice(0, 1);
    }),
  "violations-in-camel-case": () =>
    violations((bad) => {
      for (const each of bad.fieldViolations)
        each.field = each.field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    }),
  "violations-without-rule": () =>
    violations((bad) => {
      for (const each of bad.fieldViolations) each.reason = "";
    }),
  "other-code": parametrised({ reason: reasonName, code: statusName }, ({ reason, code: name }) => {
    const code = Code[name as keyof typeof Code];
    return refusals((ending) => (reasonOf(ending) === reason ? withCode(ending, code) : ending));
  }),
  "other-reason": parametrised({ reason: reasonName, instead: z.string() }, ({ reason, instead }) => {
    const code = ruleOf(reasonNamed(instead) ?? ErrorReason.INTERNAL).code;
    return refusals((ending) => {
      if (reasonOf(ending) !== reason) return ending;
      const renamed = withInfo(ending, (info) => {
        info.reason = instead;
      });
      return withCode(renamed, code);
    });
  }),
  "secrets-in-text": () =>
    refusals((ending, call) => {
      const message = [ending.message, ...secrets(call)].join(" ");
      const { details: status } = ending;
      return { ...ending, message, ...(status && { details: { ...status, message } }) };
    }),
} satisfies Transformations;

function refusals(change: (ending: Ending, call: Exchange) => Ending): Transformation {
  return { ending: (ending, call) => (ending.code === Code.OK ? ending : change(ending, call)) };
}

function details(change: (all: readonly Any[]) => Any[]): Transformation {
  return refusals((ending) => withDetails(ending, change));
}

function withDetails(ending: Ending, change: (all: readonly Any[]) => Any[]): Ending {
  if (ending.details === undefined) return ending;
  return { ...ending, details: { ...ending.details, details: change(ending.details.details) } };
}

function reasons(change: (info: ErrorInfo) => void): Transformation {
  return refusals((ending) => withInfo(ending, change));
}

function withInfo(ending: Ending, change: (info: ErrorInfo) => void): Ending {
  return withDetails(ending, (all) =>
    all.map((detail) => {
      const info = anyUnpack(detail, ErrorInfoSchema);
      if (info === undefined) return detail;
      change(info);
      return anyPack(ErrorInfoSchema, info);
    }),
  );
}

function violations(change: (bad: BadRequest) => void): Transformation {
  return details((all) =>
    all.map((detail) => {
      const bad = anyUnpack(detail, BadRequestSchema);
      if (bad === undefined) return detail;
      change(bad);
      return anyPack(BadRequestSchema, bad);
    }),
  );
}

function withCode(ending: Ending, code: number): Ending {
  return { ...ending, code, ...(ending.details && { details: { ...ending.details, code } }) };
}

function reasonOf({ details: status }: Ending): string | undefined {
  return readDetails(status?.details ?? []).reason;
}

function isRetryInfo(detail: Any): boolean {
  return anyUnpack(detail, RetryInfoSchema) !== undefined;
}

/** The same number in another unit. */
function milliseconds(detail: Any): Any {
  const seconds = Number(anyUnpack(detail, RetryInfoSchema)?.retryDelay?.seconds ?? 0n);
  return anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay: durationFromMs(seconds) }));
}

/** The fields with debug_redact in the first request of a call. */
function secrets({ method, requests: [bytes] }: Exchange): readonly string[] {
  const found: string[] = [];
  if (bytes === undefined) return found;
  try {
    visit(reflect(method.input, fromBinary(method.input, bytes)), (message) => {
      for (const field of message.fields)
        if (isRedacted(field) && message.isSet(field)) found.push(String(message.get(field)));
    });
  } catch {
    // A request that cannot be read has none; the implementation refuses it.
  }
  return found;
}
