import { assertEquals, assertStringIncludes } from "@std/assert";
import { LINE } from "../core/net_proxy_headers.ts";
import {
  type Ftpd,
  type RawControl,
  startFtpd,
  tempFolders,
} from "./helpers.ts";

const CONFIG = `
listen = "127.0.0.1:0"
proxy-from = "127.0.0.1"
passive-address = "203.0.113.9"

[account.anonymous]
root = "pub"

[passive-address-for]
"192.168.0.0/16" = "192.168.1.10"
"192.168.7.0/24" = "192.168.7.10"
`;

/** Logs in as a client of this address, as a balancer would pass it on. */
async function clientOf(ftpd: Ftpd, address: string): Promise<RawControl> {
  const control = await ftpd.connect({ greeting: false });
  await control.write(LINE.replace("192.0.2.7", address));
  await control.expect(220);
  await control.login();
  return control;
}

/** The address that PASV shows. */
async function shown(control: RawControl): Promise<string> {
  const reply = await control.say("PASV", 227);
  return /\((\d+,\d+,\d+,\d+),/.exec(reply)![1]!.replaceAll(",", ".");
}

Deno.test("ftpd shows each network the address that is said for it, and follows a reload", async () => {
  await using folders = await tempFolders();
  const path = `${folders.base}/ftpd.toml`;
  await Deno.writeTextFile(path, CONFIG);
  await using ftpd = await startFtpd(["--config", path]);
  const cases = [
    ["192.168.1.2", "192.168.1.10"],
    ["192.168.7.2", "192.168.7.10"],
    ["192.0.2.7", "203.0.113.9"],
  ] as const;
  for (const [client, address] of cases) {
    using control = await clientOf(ftpd, client);
    assertEquals(await shown(control), address);
  }
  using control = await clientOf(ftpd, "192.168.7.2");
  await Deno.writeTextFile(path, CONFIG.replaceAll("7.10", "7.11"));
  ftpd.kill("SIGHUP");
  await ftpd.said("reloaded");
  assertEquals(await shown(control), "192.168.7.11");
});

Deno.test("ftpd trusts other balancers after a reload, and drops nobody", async () => {
  await using folders = await tempFolders();
  const path = `${folders.base}/ftpd.toml`;
  await Deno.writeTextFile(path, CONFIG);
  await using ftpd = await startFtpd(["--config", path]);
  using before = await clientOf(ftpd, "192.0.2.7");
  const others = CONFIG.replace('"127.0.0.1"', '"10.0.0.0/8"');
  await Deno.writeTextFile(path, others);
  ftpd.kill("SIGHUP");
  await ftpd.said("reloaded");
  using after = await ftpd.login();
  assertEquals(await shown(after), "203.0.113.9");
  assertEquals(await shown(before), "203.0.113.9");
  assertStringIncludes(ftpd.log, "address=127.0.0.1");
});
