import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
} from "@std/assert";
import {
  ListenError,
  listenError,
  type ListenErrorKind,
  type ListenPlace,
} from "../../lib/net/listen_error.ts";

const { errors } = Deno;
const tcp = (hostname: string, port: number): ListenPlace => ({
  transport: "tcp",
  hostname,
  port,
});
const udp = (hostname: string, port: number): ListenPlace => ({
  transport: "udp",
  hostname,
  port,
});
const unix = (path: string): ListenPlace => ({ transport: "unix", path });
const coded = (code: string, message: string) =>
  Object.assign(new Error(message), { code });

interface Case {
  error: unknown;
  at: ListenPlace;
  kind: ListenErrorKind;
  message: string;
}

const CASES: Case[] = [
  {
    error: new errors.AddrInUse("Address already in use (os error 98)"),
    at: tcp("127.0.0.1", 2121),
    kind: "in-use",
    message:
      "cannot listen on 127.0.0.1:2121: the address is in use by another program; stop it or choose another port (port 0 picks a free one)",
  },
  {
    error: new errors.AddrInUse("Address already in use (os error 98)"),
    at: udp("::1", 0),
    kind: "in-use",
    message:
      "cannot listen on udp:[::1]:0: no port is free; end some programs that hold ports, or name a port",
  },
  {
    error: new errors.AddrInUse("Address already in use (os error 98)"),
    at: unix("/run/ftpd.sock"),
    kind: "in-use",
    message:
      "cannot listen on unix:/run/ftpd.sock: another program listens there; stop it or choose another path",
  },
  {
    error: new errors.PermissionDenied("Permission denied (os error 13)"),
    at: tcp("0.0.0.0", 21),
    kind: "privileged",
    message:
      "cannot listen on 0.0.0.0:21: ports below 1024 are privileged; use a port above 1023, or allow the program once with setcap cap_net_bind_service=+ep FILE",
  },
  {
    error: new errors.PermissionDenied("Permission denied (os error 13)"),
    at: tcp("0.0.0.0", 2121),
    kind: "other",
    message: "cannot listen on 0.0.0.0:2121: Permission denied",
  },
  {
    error: new errors.PermissionDenied("Permission denied (os error 13)"),
    at: unix("/root/x"),
    kind: "bad-path",
    message:
      "cannot listen on unix:/root/x: you may not create files in that folder; choose another path",
  },
  {
    error: new errors.AddrNotAvailable(
      "Cannot assign requested address (os error 99)",
    ),
    at: tcp("203.0.113.9", 21),
    kind: "not-local",
    message:
      "cannot listen on 203.0.113.9:21: this machine has no such address; use 127.0.0.1 for this machine only, or 0.0.0.0 for all its IPv4 addresses",
  },
  {
    error: coded(
      "EAFNOSUPPORT",
      "Address family not supported by protocol (os error 97)",
    ),
    at: tcp("::", 2121),
    kind: "not-local",
    message:
      "cannot listen on [::]:2121: this machine has no IPv6; use an IPv4 address, such as 127.0.0.1 or 0.0.0.0",
  },
  {
    error: Object.assign(new TypeError("Invalid argument (os error 22)"), {
      code: "EINVAL",
    }),
    at: tcp("fe80::1", 2121),
    kind: "not-local",
    message:
      "cannot listen on [fe80::1]:2121: a link-local address needs its interface, as in [fe80::1%eth0]:2121",
  },
  {
    error: new Error(
      "failed to lookup address information: Name or service not known",
    ),
    at: tcp("no-such.invalid", 21),
    kind: "unknown-host",
    message:
      "cannot listen on no-such.invalid:21: the host name no-such.invalid is unknown; check its spelling, or give a numeric address",
  },
  {
    error: new errors.NotCapable(
      'Requires net access to "127.0.0.1:2121", run again with the --allow-net flag',
    ),
    at: tcp("127.0.0.1", 2121),
    kind: "not-permitted",
    message:
      "cannot listen on 127.0.0.1:2121: Deno was started without the permission; add --allow-net=127.0.0.1:2121 to listen there",
  },
  {
    error: new errors.NotCapable(
      'Requires net access to "[::]:7", run again with the --allow-net flag',
    ),
    at: udp("::", 7),
    kind: "not-permitted",
    message:
      "cannot listen on udp:[::]:7: Deno was started without the permission; add --allow-net=[::]:7 to listen there, and the clients' addresses to answer them (or --allow-net alone)",
  },
  {
    error: new errors.NotCapable(
      'Requires write access to "/run/a", run again with the --allow-write flag',
    ),
    at: unix("/run/a"),
    kind: "not-permitted",
    message:
      "cannot listen on unix:/run/a: Deno was started without the permission; add --allow-write=/run/a to create this socket",
  },
  {
    error: new errors.NotCapable("worded in some other way"),
    at: tcp("::1", 21),
    kind: "not-permitted",
    message:
      "cannot listen on [::1]:21: Deno was started without the permission; add --allow-net=[::1]:21 to listen there",
  },
  {
    error: Object.assign(new TypeError("path must be shorter than SUN_LEN"), {
      code: "EINVAL",
    }),
    at: unix(`/${"é".repeat(60)}`),
    kind: "bad-path",
    message: `cannot listen on unix:/${
      "é".repeat(60)
    }: the path has 121 bytes and may have 107; choose a shorter one`,
  },
  {
    error: new errors.NotFound("No such file or directory (os error 2)"),
    at: unix("/nowhere/a.sock"),
    kind: "bad-path",
    message:
      "cannot listen on unix:/nowhere/a.sock: the folder does not exist; create it or choose another path",
  },
  {
    error: coded("EMFILE", "Too many open files (os error 24)"),
    at: tcp("127.0.0.1", 0),
    kind: "other",
    message:
      "cannot listen on 127.0.0.1:0: too many files are open; raise the limit with ulimit -n, or end some programs",
  },
  {
    error: "some\nthing",
    at: tcp("127.0.0.1", 0),
    kind: "other",
    message: "cannot listen on 127.0.0.1:0: some thing",
  },
];

Deno.test("listenError() says where, why and what to do, in one line", () => {
  for (const { error, at, kind, message } of CASES) {
    const mapped = listenError(error, at);
    assertInstanceOf(mapped, ListenError);
    assertEquals(mapped.message, message);
    assertEquals(mapped.kind, kind, message);
    assertMatch(mapped.message, /^[^\n]+$/);
    assertStrictEquals(mapped.cause, error);
    assertStrictEquals(mapped.address, at);
  }
});

Deno.test("listenError() leaves a ListenError as it is", () => {
  const error = new ListenError("bad-path", unix("/a"), "no");
  assertStrictEquals(listenError(error, unix("/b")), error);
});
