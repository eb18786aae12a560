/** The known word that is most like another one; undefined when none is like it. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: distanceOf(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const most = Math.max(1, Math.floor(word.length / 3));
  return best !== undefined && best.distance <= most ? best.candidate : undefined;
}

/** Damerau-Levenshtein distance: letters put in, left out, replaced, or swapped with the next. */
export function distanceOf(a: string, b: string): number {
  let [before, row]: readonly number[][] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const choices = [(row?.[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row?.[j - 1] ?? 0) + (isSame ? 0 : 1)];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) choices.push((before?.[j - 2] ?? 0) + 1);
      next.push(Math.min(...choices));
    }
    [before, row] = [row, next];
  }
  return row?.[b.length] ?? 0;
}

/** The end of a fault that names an unknown word: the word that was probably meant, or all known ones. */
export function wordInstead(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return known.length === 0 ? "" : `: there are ${known.join(", ")}`;
}
