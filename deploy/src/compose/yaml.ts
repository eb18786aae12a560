import { Document, isScalar, visit, type YAMLMap } from "yaml";
import type { ComposeFile, Kind } from "./compose-file.js";
import { common } from "./confinement.js";
import type { ComposeOverride } from "./override.js";

const kinds = Object.keys(common) as Kind[];

/** A compose file as text, with what services have in common said once. */
export function toYaml(file: ComposeFile | ComposeOverride, header: string): string {
  // Compose takes the words and numbers of YAML 1.1 for more than text: they are quoted.
  const document = new Document({ name: "theseus" }, { aliasDuplicateObjects: false, version: "1.1" });
  document.commentBefore = header;
  const anchors = new Map(
    kinds.map((kind) => {
      const node = document.createNode(common[kind]);
      document.set(`x-${kind}`, node);
      return [kind, document.createAlias(node, kind)] as const;
    }),
  );
  const services = document.createNode({}) as YAMLMap;
  for (const [name, { kind, ...service }] of Object.entries(file.services)) {
    const node = document.createNode(service) as YAMLMap;
    if (kind !== undefined) node.items.unshift(document.createPair("<<", anchors.get(kind)));
    services.set(name, node);
  }
  document.set("services", services);
  document.set("networks", document.createNode(file.networks, { anchorPrefix: "network" }));
  document.set("volumes", document.createNode(file.volumes, { anchorPrefix: "volume" }));
  writeShortListsInLine(document);
  return document.toString({ lineWidth: 0, nullStr: "", directives: false });
}

/** Lists of a few words are easier to read in one line. */
function writeShortListsInLine(document: Document): void {
  visit(document, {
    Seq(_key, list) {
      const words = list.items.map((item) => (isScalar(item) ? String(item.value) : undefined));
      if (words.every((word) => word !== undefined) && words.join(", ").length <= longestLine)
        list.flow = true;
    },
  });
}

const longestLine = 90;
