#!/bin/bash
# What watchers tell after two entries of a watched folder were exchanged in one step (renameat2 with RENAME_EXCHANGE, Linux x86-64),
# and of what is written into the exchanged folders afterwards. Needs node, npm, python3 with venv. Fails when what is seen is other than below.
# Seen on 2026-11-28 with chokidar 4.0.3, @parcel/watcher 2.5.1, watchdog 6.0.0 on Linux 6.x, ext4.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund chokidar@4.0.3 @parcel/watcher@2.5.1 >/dev/null
python3 -m venv v && v/bin/pip -q install watchdog==6.0.0

cat >steps.py <<'P'
# The folder, and what happens in it: steps.py FOLDER STEP
import ctypes, os, sys
folder, step = sys.argv[1], sys.argv[2]
at = lambda name: os.path.join(folder, name)
def exchange(one, other):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(316, -100, at(one).encode(), -100, at(other).encode(), 2): raise OSError(ctypes.get_errno(), "renameat2")
if step == "make":
    for name in ("p", "q"): os.makedirs(at(name))
    for name in ("a", "b", "p/only", "p/x", "q/x"):
        with open(at(name), "w") as file: file.write(name)
elif step == "exchange files": exchange("a", "b")
elif step == "exchange folders": exchange("p", "q")
elif step == "append q/only": open(at("q/only"), "a").write("more")
elif step == "create q/new": open(at("q/new"), "w").write("new")
P
cat >node.mjs <<'J'
// Runs all steps in a folder and prints what one watcher tells of each.
import { execFileSync } from "node:child_process";
const [, , who] = process.argv, folder = `${process.cwd()}/${who}`;
const does = (step) => execFileSync("python3", ["steps.py", folder, step]);
const pause = () => new Promise((resolve) => setTimeout(resolve, 1500)); // Outlasts each watcher's own pauses.
let told = [], end;
does("make");
if (who === "chokidar") {
  const { watch } = await import("chokidar");
  const watcher = watch(folder, { ignoreInitial: true }).on("all", (kind, path) => told.push(`${kind} ${path.slice(folder.length + 1)}`));
  await new Promise((resolve) => watcher.on("ready", resolve));
  end = () => watcher.close();
} else {
  const { subscribe } = await import("@parcel/watcher");
  const watcher = await subscribe(folder, (_, events) => events.forEach(({ type, path }) => told.push(`${type} ${path.slice(folder.length + 1)}`)));
  end = () => watcher.unsubscribe();
}
await pause();
for (const step of ["exchange files", "exchange folders", "append q/only", "create q/new"]) {
  told = []; does(step); await pause();
  console.log(`${who}, ${step}: ${[...new Set(told)].sort().join(", ") || "nothing"}`);
}
await end();
J
cat >dog.py <<'P'
import os, subprocess, time
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
folder = os.path.join(os.getcwd(), "watchdog")
does = lambda step: subprocess.run(["python3", "steps.py", folder, step], check=True)
told = []
class All(FileSystemEventHandler):
    def on_any_event(self, event):
        if event.event_type not in ("created", "modified", "deleted", "moved") or event.is_directory and event.event_type == "modified": return
        told.append(" ".join([event.event_type] + [path[len(folder) + 1:] for path in (event.src_path, event.dest_path) if path]))
does("make")
observer = Observer(); observer.schedule(All(), folder, recursive=True); observer.start(); time.sleep(1.5)
for step in ("exchange files", "exchange folders", "append q/only", "create q/new"):
    told.clear(); does(step); time.sleep(1.5)
    print(f"watchdog, {step}: {', '.join(sorted(set(told))) or 'nothing'}")
observer.stop()
P
{ node node.mjs chokidar; node node.mjs parcel; v/bin/python dog.py; } | tee seen
cat >expected <<'E'
chokidar, exchange files: change a, change b
chokidar, exchange folders: add q/only, unlink p/only
chokidar, append q/only: change q/only
chokidar, create q/new: nothing
parcel, exchange files: update a
parcel, exchange folders: update p
parcel, append q/only: nothing
parcel, create q/new: nothing
watchdog, exchange files: moved a b, moved b a
watchdog, exchange folders: moved p q, moved p/only q/only, moved p/x q/x, moved q p, moved q/x p/x
watchdog, append q/only: modified p/only
watchdog, create q/new: created p/new, modified p/new
E
diff expected seen && echo "as described"
