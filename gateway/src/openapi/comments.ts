import type {
  DescEnum,
  DescEnumValue,
  DescField,
  DescFile,
  DescMessage,
  DescMethod,
  DescService,
} from "@bufbuild/protobuf";

type Element = DescMessage | DescEnum | DescEnumValue | DescField | DescService | DescMethod;

/** The comments of a contract; none when its descriptor set has no source info. */
export type CommentOf = (element: Element) => string | undefined;

/** Numbers of the fields of descriptor.proto that lead to an element. */
const MESSAGE = 4;
const ENUM = 5;
const SERVICE = 6;
const NESTED_MESSAGE = 3;
const NESTED_ENUM = 4;
const MEMBER = 2;

/** Looks comments up by an element's place in its file; reads each file once. */
export function createCommentOf(): CommentOf {
  const files = new Map<DescFile, ReadonlyMap<string, string>>();
  return (element) => {
    const file = fileOf(element);
    const comments = files.get(file) ?? readComments(file);
    files.set(file, comments);
    return comments.get(placeOf(element).join());
  };
}

function readComments(file: DescFile): ReadonlyMap<string, string> {
  const locations = file.proto.sourceCodeInfo?.location ?? [];
  return new Map(
    locations
      .filter((location) => location.leadingComments !== "")
      .map(({ path, leadingComments }) => [path.join(), leadingComments.trim().replace(/\s*\n\s*/g, " ")]),
  );
}

function fileOf(element: Element): DescFile {
  switch (element.kind) {
    case "field":
    case "rpc":
    case "enum_value":
      return element.parent.file;
    default:
      return element.file;
  }
}

function placeOf(element: Element): readonly number[] {
  switch (element.kind) {
    case "message":
      return element.parent
        ? [...placeOf(element.parent), NESTED_MESSAGE, element.parent.nestedMessages.indexOf(element)]
        : [MESSAGE, element.file.messages.indexOf(element)];
    case "enum":
      return element.parent
        ? [...placeOf(element.parent), NESTED_ENUM, element.parent.nestedEnums.indexOf(element)]
        : [ENUM, element.file.enums.indexOf(element)];
    case "enum_value":
      return [...placeOf(element.parent), MEMBER, element.parent.values.indexOf(element)];
    case "field":
      return [...placeOf(element.parent), MEMBER, element.parent.fields.indexOf(element)];
    case "service":
      return [SERVICE, element.file.services.indexOf(element)];
    case "rpc":
      return [...placeOf(element.parent), MEMBER, element.parent.methods.indexOf(element)];
    default:
      return element satisfies never;
  }
}
