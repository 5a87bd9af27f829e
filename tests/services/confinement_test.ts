/** What the worker of a small server may do: serve, and nothing else. */
import { assertEquals, fail } from "@std/assert";
import { hear, say, withFolder } from "../net/loopback.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Runs the probe with a server's own permissions; `ask` gives it a task. */
async function withProbe(
  args: readonly string[],
  action: (ask: (task: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", `--config=${ROOT}deno.json`],
      ...["-P=echod", `${ROOT}tests/services/probe_program.ts`, ...args],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    const { value = "" } = await reader.read();
    const port = Number(/tcp:\/\/127\.0\.0\.1:(\d+)/.exec(value)?.[1]);
    if (!port) fail(`no ready line: ${value}`);
    await action((task) => ask(port, task));
  } finally {
    child.kill("SIGTERM");
    await reader.cancel();
    assertEquals((await child.status).code, 0);
  }
}

async function ask(port: number, task: string): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await say(conn, `${task}\n`);
  return await hear(conn);
}

Deno.test("a TCP server's worker can only listen", async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await withProbe(["--tcp", "127.0.0.1:0"], async (ask) => {
    for (
      const task of [
        "read /etc/passwd",
        `read ${ROOT}deno.json`,
        "write /tmp/wharf-probe",
        "list /",
        `connect ${other.addr.port}`,
        "send 127.0.0.1",
        "listen 0.0.0.0",
        "env HOME",
        "env NOTIFY_SOCKET",
        "run true",
        "sys",
      ]
    ) assertEquals(await ask(task), "NotCapable", task);
  });
});

Deno.test("a UDP server's worker on loopback reaches this machine only", async () => {
  const args = ["--tcp", "127.0.0.1:0", "--udp", "127.0.0.1:0"];
  await withProbe(args, async (ask) => {
    assertEquals(await ask("send 127.0.0.2"), "done");
    for (
      const task of ["send 192.0.2.7", "read /etc/passwd", "listen 0.0.0.0"]
    ) assertEquals(await ask(task), "NotCapable", task);
  });
});

Deno.test("a worker can change its folder, and nothing beside it", async () => {
  await withFolder(async (outside) => {
    const folder = `${outside}/in`;
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${outside}/secret`, "secret");
    const args = ["--tcp", "127.0.0.1:0", "--folder", folder];
    await withProbe(args, async (ask) => {
      assertEquals(await ask(`write ${folder}/file`), "done");
      assertEquals(await ask(`read ${folder}/file`), "done");
      assertEquals(await ask(`list ${folder}`), "done");
      for (
        const task of [
          `read ${outside}/secret`,
          `write ${outside}/secret`,
          `list ${outside}`,
          `read ${folder}/../secret`,
        ]
      ) assertEquals(await ask(task), "NotCapable", task);
    });
  });
});
