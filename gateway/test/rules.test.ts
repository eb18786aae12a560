import { create, setExtension, toBinary } from "@bufbuild/protobuf";
import {
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  MethodOptionsSchema,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { http } from "@theseus/contract/es/google/api/annotations_pb.js";
import { HttpRuleSchema } from "@theseus/contract/es/google/api/http_pb.js";
import { CreateReservationRequestSchema } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { ContractError, parseContract, parsePathTemplate } from "@theseus/kit/contract";
import { expect } from "chai";
import { negotiate } from "../src/http/media-type.js";
import { toJsonPath } from "../src/json/field-path.js";
import { parseJsonText, TooManyValuesError } from "../src/json/json-text.js";
import { describePredefined } from "../src/openapi/predefined-rules.js";
import { readRoutes } from "../src/routes/read-routes.js";
import { parseRequestPath, variableValue } from "../src/routes/request-path.js";
import { createRouter } from "../src/routes/router.js";

describe("A path template", () => {
  const shapes: readonly (readonly [string, number, string | undefined, readonly string[]])[] = [
    ["/v1/items", 2, undefined, []],
    ["/v1/{name=items/*}", 3, undefined, ["name"]],
    ["/v1/{name=shelves/*/books/*}:move", 5, "move", ["name"]],
    ["/v1/{a}/{b.c_d}", 3, undefined, ["a", "b.c_d"]],
    ["/v1/{rest=**}", 2, undefined, ["rest"]],
    ["/v1/{rest=files/**}:get", 3, "get", ["rest"]],
    ["/v1/**", 2, undefined, []],
    ["/.well-known/jwks.json", 2, undefined, []],
    ["/a%20b", 1, undefined, []],
  ];
  for (const [text, segments, verb, names] of shapes) {
    it(`is taken apart: ${text}`, () => {
      const template = parsePathTemplate(text);
      expect(template.segments).to.have.lengthOf(segments);
      expect(template.verb).to.equal(verb);
      expect(template.variables.map((variable) => variable.fieldPath.join("."))).to.deep.equal(names);
    });
  }

  for (const text of [
    "",
    "v1",
    "/",
    "/v1/",
    "/v1//x",
    "/{a",
    "/{}",
    "/{a=}",
    "/{a={b}}",
    "/**/x",
    "/{a=**}/x",
    "/x:",
    "/x:y/z",
    "/***",
    "/x?y",
    "/%zz",
    "/%ff",
    "/{a=*}b",
  ]) {
    it(`is refused with the place of its fault: ${JSON.stringify(text)}`, () => {
      expect(() => parsePathTemplate(text)).to.throw(/at character \d+ of|must be the last segment/);
    });
  }
});

describe("A router", () => {
  const route = (httpMethod: string, path: string) => ({
    httpMethod,
    path,
    template: parsePathTemplate(path),
  });
  const router = createRouter([
    route("GET", "/v1/items/*"),
    route("GET", "/v1/items/special"),
    route("POST", "/v1/items/special"),
    route("DELETE", "/v1/items/*"),
    route("GET", "/v1/**"),
    route("GET", "/v1/**:list"),
    route("*", "/any/{x}"),
    route("LINK", "/v1/items/*"),
    route("POST", "/v1/{a=items/*/parts/*}:join"),
  ]);
  const found = (method: string, path: string) => {
    const match = router.find(method, parseRequestPath(path));
    return match.kind === "found" ? match.route.path : match.kind;
  };

  const table: readonly (readonly [string, string, string])[] = [
    ["GET", "/v1/items/special", "/v1/items/special"],
    ["GET", "/v1/items/%73pecial", "/v1/items/special"],
    ["GET", "/v1/items/other", "/v1/items/*"],
    ["DELETE", "/v1/items/special", "/v1/items/*"],
    ["GET", "/v1/items/a/b/c", "/v1/**"],
    ["GET", "/v1", "/v1/**"],
    ["GET", "/v1/a/b:list", "/v1/**:list"],
    ["GET", "/v1/a/b%3Alist", "/v1/**"],
    ["POST", "/v1/a/b:list", "wrong-method"],
    ["PURGE", "/any/x", "/any/{x}"],
    ["LINK", "/v1/items/x", "/v1/items/*"],
    ["POST", "/v1/items/a/parts/b:join", "/v1/{a=items/*/parts/*}:join"],
    ["GET", "/v2", "unknown"],
    ["GET", "/any/", "unknown"],
  ];
  for (const [method, path, expected] of table) {
    it(`takes ${method} ${path} to ${expected}`, () => expect(found(method, path)).to.equal(expected));
  }

  it("decodes a variable of one segment whole, one of several but for slashes, each once", () => {
    const value = (text: string, path: string) => {
      const { segments, variables } = parsePathTemplate(text);
      const [variable] = variables;
      return variable && variableValue(parseRequestPath(path), variable, segments.length);
    };
    expect(value("/v1/{id}", "/v1/a%2Fb%252Fc")).to.equal("a/b%2Fc");
    expect(value("/v1/{n=x/*}", "/v1/x/a%2fb%252F%20")).to.equal("x/a%2fb%2F ");
    expect(value("/v1/{n=**}", "/v1/x/y%2Fz/")).to.equal("x/y%2Fz/");
    expect(value("/v1/{n=**}", "/v1")).to.equal("");
  });
});

describe("JSON text", () => {
  for (const text of [
    '{"a":[1,-0.5e3,true,null,"\\u00e9\\n"],"b":{}}',
    " [ ] ",
    '"x"',
    "0",
    '{"":"","__proto__":1}',
  ]) {
    it(`means what JSON.parse says: ${text}`, () => {
      expect(JSON.stringify(parseJsonText(text, 100))).to.equal(JSON.stringify(JSON.parse(text)));
    });
  }

  it("keeps numbers that a double would round as their text", () => {
    expect(parseJsonText("[9007199254740993,1e400,9007199254740991]", 100)).to.deep.equal([
      "9007199254740993",
      "1e400",
      9007199254740991,
    ]);
  });

  for (const text of [
    "",
    "01",
    "1.",
    ".5",
    "+1",
    "'a'",
    "{a:1}",
    "[1,]",
    "nul",
    "NaN",
    '"\n"',
    '"\\x"',
    '"\\ud800"',
    '{"a":1 "b":2}',
    "1 2",
    '"',
  ]) {
    it(`is refused: ${JSON.stringify(text)}`, () =>
      expect(() => parseJsonText(text, 100)).to.throw(/line 1, column \d+/));
  }

  it("has as many values as are allowed, at whatever level", () => {
    const text = '{"a":[1,{"b":null}],"c":"d"}';
    expect(JSON.stringify(parseJsonText(text, 6))).to.equal(text);
    expect(() => parseJsonText(text, 5)).to.throw(TooManyValuesError, /^more than 5 values$/);
  });
});

describe("The Accept header", () => {
  const offered = ["application/x-ndjson", "text/event-stream"];
  const table: readonly (readonly [string | undefined, string])[] = [
    [undefined, "application/x-ndjson"],
    ["*/*", "application/x-ndjson"],
    ["text/event-stream", "text/event-stream"],
    ["text/*, application/x-ndjson;q=0.5", "text/event-stream"],
    ["text/event-stream;q=0, */*", "application/x-ndjson"],
    ["TEXT/EVENT-STREAM ; q=1.0", "text/event-stream"],
  ];
  for (const [accept, expected] of table) {
    it(`${accept} gets ${expected}`, () => expect(negotiate(accept, offered)).to.equal(expected));
  }
  for (const accept of ["image/png", "*/*;q=0", "text/event-stream;q=x"]) {
    it(`${accept} gets nothing`, () =>
      expect(() => negotiate(accept, offered)).to.throw("the answer can be"));
  }
});

describe("A field path", () => {
  for (const [path, expected] of [
    ["reservation.lines[2].item", "reservation.lines[2].item"],
    ["reservation.expire_time", "reservation.expireTime"],
    ["request_id.no_such", "requestId.no_such"],
    ["nothing", "nothing"],
    ["", ""],
  ] as const) {
    it(`${path || "of nothing"} is ${expected || "nothing"} in JSON names`, () =>
      expect(toJsonPath(path, CreateReservationRequestSchema)).to.equal(expected));
  }
});

describe("A contract's HTTP rules", () => {
  it("are refused all at once, each by its method", () => {
    const rule = (get: string, more: object = {}) =>
      create(HttpRuleSchema, { pattern: { case: "get", value: get }, ...more });
    const rules = [
      rule("/a/{id}"),
      rule("/a/{other}"),
      rule("/b/{nothing}"),
      rule("/c/{list}"),
      rule("/d//"),
      rule("/e", { body: "*" }),
      rule("/f", { responseBody: "nothing" }),
      rule("/g/{id}/{id}"),
      rule("/h/{self.id}", { additionalBindings: [rule("/a/{self.id}")] }),
      create(HttpRuleSchema, {}),
      create(HttpRuleSchema, { pattern: { case: "custom", value: { kind: "DANCE", path: "/x" } } }),
    ];
    const set = create(FileDescriptorSetSchema, {
      file: [
        {
          name: "t.proto",
          package: "t",
          syntax: "proto3",
          messageType: [
            {
              name: "M",
              field: [
                { name: "id", number: 1, type: Type.STRING, label: Label.OPTIONAL },
                { name: "other", number: 2, type: Type.STRING, label: Label.OPTIONAL },
                { name: "list", number: 3, type: Type.STRING, label: Label.REPEATED },
                { name: "self", number: 4, type: Type.MESSAGE, typeName: ".t.M", label: Label.OPTIONAL },
              ],
            },
          ],
          service: [
            {
              name: "S",
              method: rules.map((each, index) => {
                const options = create(MethodOptionsSchema);
                setExtension(options, http, each);
                return { name: `M${index}`, inputType: ".t.M", outputType: ".t.M", options };
              }),
            },
          ],
        },
      ],
    });
    const contract = parseContract(toBinary(FileDescriptorSetSchema, set));
    const faults = (() => {
      try {
        readRoutes(contract);
        return [];
      } catch (error) {
        if (error instanceof ContractError) return error.faults;
        throw error;
      }
    })();
    expect(faults.map((fault) => fault.replace(/ at character.*/, ""))).to.deep.equal([
      "/t.S/M1: GET /a/{other} is the route of /t.S/M0 already",
      "/t.S/M2: t.M has no field nothing, which the variable nothing names",
      "/t.S/M3: the variable list must lead over single messages to one scalar or enum",
      "/t.S/M4: no segment",
      "/t.S/M5: GET takes no body",
      "/t.S/M6: t.M has no field nothing, which response_body names",
      "/t.S/M7: /g/{id}/{id} has the variable id twice",
      "/t.S/M8: GET /a/{self.id} is the route of /t.S/M0 already",
      "/t.S/M9: the rule has no pattern",
      "/t.S/M10: DANCE is no HTTP method",
    ]);
  });
});

describe("A contract's own validation rule", () => {
  const cel = (expression: string) => ({ id: "own.rule", message: "must fit", expression });

  it("is a pattern in JSON Schema where it matches one, put together with the field's value", () => {
    const rule = { value: "shelves", cel: [cel("this.matches('^' + rule + '/[a-z]+$') ? '' : rule")] };
    expect(describePredefined(rule)).to.deep.equal({ pattern: "^shelves/[a-z]+$" });
  });

  it("is no pattern where it must not match one", () => {
    const rule = { value: true, cel: [cel("!rule || !this.matches('^a+$')")] };
    expect(describePredefined(rule)).to.have.all.keys("x-cel");
  });

  it("is its expression where it does anything else", () => {
    const expression = "this.size() % rule == 0";
    expect(describePredefined({ value: 3n, cel: [cel(expression)] })).to.deep.equal({
      "x-cel": [{ id: "own.rule", message: "must fit", expression, rule: 3 }],
    });
  });
});
