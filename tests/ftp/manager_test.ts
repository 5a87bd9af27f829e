import { assertEquals } from "@std/assert";
import { soon, startFtpd } from "./helpers.ts";
import { configFolders, configText } from "./reload_tool.ts";

/** A service manager that keeps what it is told. */
class Manager implements AsyncDisposable {
  readonly path: string;
  readonly #socket: Deno.DatagramConn;
  readonly #listening: Promise<void>;
  readonly #told: string[] = [];
  #wake = () => {};

  constructor(path: string) {
    this.path = path;
    this.#socket = Deno.listenDatagram({ transport: "unixpacket", path });
    this.#listening = this.#listen();
  }

  /** Waits for a message, and forgets it and those before it. */
  async heard(message: string): Promise<void> {
    const here = async () => {
      for (;;) {
        const at = this.#told.findIndex((text) => text.startsWith(message));
        if (at >= 0) return void this.#told.splice(0, at + 1);
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    };
    await soon(here(), `the message ${message}`);
  }

  async #listen(): Promise<void> {
    try {
      for await (const [bytes] of this.#socket) {
        this.#told.push(new TextDecoder().decode(bytes));
        this.#wake();
      }
    } catch {
      // It was closed.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#listening;
  }
}

Deno.test({
  name:
    "ftpd tells a service manager when it is ready, alive, reloads and stops",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using folders = await configFolders();
    const ann = await folders.folder("ann");
    await folders.write(configText({}, { ann }));
    await using manager = new Manager(`${folders.base}/notify`);
    const setup = `export NOTIFY_SOCKET=${manager.path} ` +
      "WATCHDOG_USEC=200000 WATCHDOG_PID=$$";
    const listen = ["--listen", "127.0.0.1:0"];
    const ftpd = await startFtpd(["--config", folders.config, ...listen], {
      setup,
    });
    await manager.heard("READY=1\nSTATUS=Serving on 1 address");
    await manager.heard("WATCHDOG=1");
    await manager.heard("WATCHDOG=1");
    ftpd.kill("SIGHUP");
    await manager.heard("RELOADING=1");
    await manager.heard("READY=1");
    await manager.heard("WATCHDOG=1");
    ftpd.kill("SIGTERM");
    await manager.heard("STOPPING=1");
    assertEquals((await soon(ftpd.status, "the end")).code, 0);
    assertEquals(await ftpd.stop(), 0);
  },
});

Deno.test({
  name: "ftpd that gave up its files still tells a service manager",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using folders = await configFolders();
    await using manager = new Manager(`${folders.base}/notify`);
    const setup = `export NOTIFY_SOCKET=${manager.path} WATCHDOG_USEC=200000`;
    const args = ["--listen", "127.0.0.1:0", "--workers", "2", folders.pub];
    const ftpd = await startFtpd(args, { setup });
    await manager.heard("READY=1");
    await manager.heard("WATCHDOG=1");
    ftpd.kill("SIGTERM");
    await manager.heard("STOPPING=1");
    assertEquals((await soon(ftpd.status, "the end")).code, 0);
    assertEquals(await ftpd.stop(), 0);
  },
});
