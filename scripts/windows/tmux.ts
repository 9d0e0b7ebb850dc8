// A program in a tmux window: keys go in, the screen is looked at whenever tmux says that something was written.

const PATIENCE_MS = 60_000;

export class Tmux {
  private constructor(
    private readonly socket: string,
    private readonly control: Deno.ChildProcess,
    private readonly news: ReadableStreamDefaultReader<string>,
    private readonly over: AbortController,
  ) {}

  /** Starts a command line of the shell in a window of its own; when it has ended, the window says `code N`. */
  static async start(command: string): Promise<Tmux> {
    const over = new AbortController();
    const socket = `tcpsync-${crypto.randomUUID()}`;
    // Control mode tells of output as it comes; its standard input must stay open.
    const control = new Deno.Command("tmux", {
      args: [
        ...["-L", socket, "-f", "/dev/null", "-C", "new-session", "-x", "100", "-y", "40"],
        `${command}; echo "code $?"; exec cat`,
      ],
      stdin: "piped",
      stdout: "piped",
      signal: over.signal,
    }).spawn();
    const news = control.stdout.pipeThrough(new TextDecoderStream()).getReader();
    if ((await news.read()).done) throw new Error("tmux did not start");
    return new Tmux(socket, control, news, over);
  }

  /** Presses keys, each named as tmux does (`2`, `Enter`, `C-c`). */
  async press(...keys: string[]) {
    await this.#tmux("send-keys", ...keys);
  }

  /** What the first group of `wanted` holds, once the screen shows it. */
  async until(wanted: RegExp): Promise<string> {
    const late = Promise.withResolvers<{ done: true }>();
    const timer = setTimeout(() => late.resolve({ done: true }), PATIENCE_MS);
    try {
      for (;;) {
        const screen = await this.#tmux("capture-pane", "-p");
        const seen = wanted.exec(screen);
        if (seen) return seen[1] ?? "";
        const { done } = await Promise.race([this.news.read(), late.promise]);
        if (done) throw new Error(`${wanted} never came; the screen:\n${screen}`);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends whatever still runs in the window. */
  async close() {
    await this.#tmux("kill-server");
    this.over.abort();
    await this.control.status;
    for (let end = false; !end;) end = (await this.news.read()).done;
    await this.control.stdin.abort();
  }

  async #tmux(...args: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-L", this.socket, ...args],
    })
      .output();
    if (!success) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}
