/** Tells whoever looks on what happens, a line at a time. */
export type Say = (line: string) => void;
