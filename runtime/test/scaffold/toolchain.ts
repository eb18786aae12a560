const TOOLCHAINS = new URL("../../../../tools/toolchains.mjs", import.meta.url);

/** Why a language's skeleton cannot be built on this machine; undefined when it can. */
export const { missingToolchain }: { missingToolchain(language: string): string | undefined } = await import(
  TOOLCHAINS.href
);

/** A test's title, with the reason where it has to be skipped. */
export function titled(title: string, missing: string | undefined): string {
  return missing === undefined ? title : `${title} (skipped: ${missing})`;
}
