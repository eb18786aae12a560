/** Does something every second until it is disposed of. */
export function everySecond(work: () => void): Disposable {
  const timer = setInterval(work, 1_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
