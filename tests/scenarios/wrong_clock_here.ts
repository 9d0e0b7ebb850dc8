// A wrong clock for the thread at hand: "MINUTES" it is ahead (behind, if negative), or "MINUTES until TIME" (ms), when it is put right.

export function setClock(wrong: string) {
  const [minutes, until = "Infinity"] = wrong.split(" until ");
  const trueNow = Date.now;
  const now = () => trueNow() < Number(until) ? trueNow() + Number(minutes) * 60_000 : trueNow();
  globalThis.Date = new Proxy(Date, {
    construct: (date, args) => Reflect.construct(date, args.length === 0 ? [now()] : args),
    get: (date, name) => name === "now" ? now : Reflect.get(date, name),
  });
}
