/**
 * Tries, in a confined worker, what no server for files should be able to do;
 * says for each attempt `done` or what was thrown.
 *
 * @module
 */

interface Places {
  root: string;
  /** Other folders of the account: one to read, one to change. */
  mounts?: readonly string[];
  /** What is the warden's alone. */
  files?: readonly string[];
  outside: string;
  port: number;
}

declare const self: {
  onmessage: (event: MessageEvent<Places>) => void;
  postMessage(results: Record<string, string>): void;
};

function attempts(
  { root, outside, port, mounts = [], files = [] }: Places,
): Record<string, () => unknown> {
  const listen = { hostname: "127.0.0.1", port: 0 };
  return {
    "read inside": () => Deno.readTextFile(`${root}/inside`),
    "list inside": () => Array.from(Deno.readDirSync(root)),
    "write inside": () => Deno.writeTextFile(`${root}/new`, "new"),
    "listen": () => Deno.listen(listen).close(),
    "connect to a client": () => connect("127.0.0.1", port),

    "read outside": () => Deno.readTextFile(`${outside}/secret`),
    "read with ..": () => Deno.readTextFile(`${root}/../outside/secret`),
    "read the sibling": () => Deno.readTextFile(`${root}ber/secret`),
    "read /proc": () => Deno.readTextFile("/proc/self/environ"),
    "read the program": () => Deno.readFile(Deno.execPath()),
    "list outside": () => Array.from(Deno.readDirSync(outside)),
    "stat outside": () => Deno.stat(`${outside}/secret`),
    "write outside": () => Deno.writeTextFile(`${outside}/new`, "new"),
    "remove outside": () => Deno.remove(`${outside}/secret`),
    "rename outward": () => Deno.rename(`${root}/inside`, `${outside}/new`),
    "hard link inward": () => Deno.link(`${outside}/secret`, `${root}/hard`),
    "symbolic link": () => Deno.symlink(`${outside}/secret`, `${root}/soft`),
    "chmod outside": () => Deno.chmod(`${outside}/secret`, 0o777),
    "connect elsewhere": () => connect("192.0.2.1", 80),
    "connect to a name": () => connect("wharf.invalid", 80),
    "connect over IPv6": () => connect("::1", port),
    "listen elsewhere": () =>
      Deno.listen({ hostname: "0.0.0.0", port: 0 }).close(),
    "fetch": () => fetch("http://192.0.2.1/"),
    "resolve a name": () => Deno.resolveDns("wharf.invalid", "A"),
    "read the environment": () => Deno.env.get("PATH"),
    "list the environment": () => Deno.env.toObject(),
    "change the environment": () => Deno.env.set("PATH", ""),
    "run a program": () => new Deno.Command("true").output(),
    "kill a process": () => Deno.kill(1, "SIGCONT"),
    "load a library": () => Deno.dlopen("libc.so.6", {}),
    "ask the host's name": () => Deno.hostname(),
    "ask for interfaces": () => Deno.networkInterfaces(),
    "ask for memory": () => Deno.systemMemoryInfo(),
    "import from the network": () => import(url("https://192.0.2.1/a.ts")),
    "import from outside": () => import(url(`file://${outside}/secret`)),
    "start a stronger worker": strongerWorker,
    ...mountAttempts(mounts),
    ...Object.fromEntries(files.flatMap((path) => [
      [`read ${path}`, () => Deno.readTextFile(path)],
      [`write ${path}`, () => Deno.writeTextFile(path, "mine")],
      [`remove ${path}`, () => Deno.remove(path)],
      [`talk to ${path}`, () => Deno.connect({ transport: "unix", path })],
    ])),
  };
}

function mountAttempts(
  [readable, writable]: readonly string[],
): Record<string, () => unknown> {
  if (readable === undefined) return {};
  return {
    "read a mount": () => Deno.readTextFile(`${readable}/inside`),
    "write a mount for reading": () =>
      Deno.writeTextFile(`${readable}/new`, "new"),
    "remove from a mount for reading": () => Deno.remove(`${readable}/inside`),
    "read the other mount": () => Deno.readTextFile(`${writable}/inside`),
    "write a mount": () => Deno.writeTextFile(`${writable}/new`, "new"),
    "read above the mounts": () => Deno.readTextFile(`${readable}/../secret`),
    "list above the mounts": () =>
      Array.from(Deno.readDirSync(`${readable}/..`)),
    "rename from mount to mount": () =>
      Deno.rename(`${readable}/inside`, `${writable}/moved`),
  };
}

async function connect(hostname: string, port: number): Promise<void> {
  (await Deno.connect({ hostname, port })).close();
}

/** Hides a module's name from those who look for imports in the source. */
function url(text: string): string {
  return new URL(text).href;
}

function strongerWorker(): void {
  new Worker("data:application/javascript,", {
    type: "module",
    deno: { permissions: { run: true } },
  }).terminate();
}

async function outcome(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return "done";
  } catch (error) {
    return String(error);
  }
}

self.onmessage = async ({ data }) => {
  const results: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts(data))) {
    results[name] = await outcome(attempt);
  }
  self.postMessage(results);
};
