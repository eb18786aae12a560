/** Takes work for later. */
export type Pacer = (work: () => void) => void;

const PAUSE_MS = 1;

/**
 * Does one piece of work a millisecond, in the order in which they came. For what many may ask for in one moment, such as
 * a crowd that leaves: others wait for one piece of it and not for all, here and wherever the work goes on.
 */
export function createPacer(): Pacer {
  let waiting: (() => void)[] = [];
  let next = 0;

  function step(): void {
    const work = waiting[next++];
    if (next < waiting.length) setTimeout(step, PAUSE_MS);
    else {
      waiting = [];
      next = 0;
    }
    work?.();
  }

  return (work) => {
    if (waiting.push(work) === 1) setImmediate(step);
  };
}
