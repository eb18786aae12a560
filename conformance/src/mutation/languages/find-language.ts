import type { MutationLanguage } from "../mutation-language.js";

/** Each is loaded when it is asked for: its tool may be there for developers alone. */
const LANGUAGES: Readonly<Record<string, () => Promise<MutationLanguage>>> = {
  go: async () => (await import("./go.js")).go,
  java: async () => (await import("./java.js")).java,
  python: async () => (await import("./python.js")).python,
  typescript: async () => (await import("./typescript.js")).typescript,
};

/** How a language is mutated; undefined when nobody has said it. */
export async function findLanguage(language: string): Promise<MutationLanguage | undefined> {
  return LANGUAGES[language]?.();
}
