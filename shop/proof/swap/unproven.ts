/** What tries the machinery of a swap, or an implementation that is wrong by intent, has none tested for minutes. */
export const unproven = ["--without-proof", "the machinery is tried, not the implementation"] as const;
