import { assert, assertEquals, assertMatch } from "@std/assert";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { quota } from "../../server/fs/quota.ts";
import { restricted, type Restrictions } from "../../server/fs/restricted.ts";
import { type Permission, PERMISSIONS } from "../../server/fs/rights.ts";
import { wrapped } from "../../server/fs/wrapped.ts";
import { get, names, put, refuses } from "../fs_conformance.ts";

const FILES = {
  "/a": "text",
  "/in/box/a": "theirs",
  "/in/note": "",
  "/pub/deep/a": "public",
  "/public": null,
};

function tree(restrictions: Restrictions): FileSystem {
  return restricted(memoryFileSystem(FILES), restrictions);
}

/** Each method, what it needs, and a call that works where that is allowed. */
const DEEDS: Record<
  string,
  [Permission, (fs: FileSystem) => Promise<unknown>]
> = {
  "list": ["list", (fs) => fs.list("/pub")],
  "read": ["read", async (fs) => await (await fs.read("/a", 0)).close()],
  "write(replace)": ["write", (fs) => put(fs, "/a", "new")],
  "write(new)": ["write", (fs) => put(fs, "/b", "", { mode: "new" })],
  "remove": ["delete", (fs) => fs.remove("/a")],
  "removeDirectory": ["delete", (fs) => fs.removeDirectory("/public")],
  "rename": ["rename", (fs) => fs.rename("/a", "/b")],
  "makeDirectory": ["make", (fs) => fs.makeDirectory("/new")],
  "setModified": ["chmod", (fs) => fs.setModified("/a", new Date(0))],
  "setMode": ["chmod", (fs) => fs.setMode("/a", 0o600)],
  "setGroup": ["chmod", (fs) => fs.setGroup("/a", 1)],
  "setCreated": ["chmod", (fs) => fs.setCreated("/a", new Date(0))],
  "write(append)": [
    "append",
    (fs) => put(fs, "/a", "more", { mode: "append" }),
  ],
  "write(at) the end": [
    "append",
    (fs) => put(fs, "/a", "more", { mode: "at", offset: 4 }),
  ],
};

for (const [name, [needed, act]] of Object.entries(DEEDS)) {
  Deno.test(`restricted() allows ${name} with ${needed} and only with it`, async () => {
    await act(tree({ permissions: [needed] }));
    const others = PERMISSIONS.filter((each) => each !== needed);
    const fs = memoryFileSystem(FILES);
    const shut = restricted(fs, { permissions: others });
    await refuses("permission", () => act(shut));
    assertEquals(await get(fs, "/a"), "text");
    assertEquals(await names(fs, "/"), ["a", "in", "pub", "public"]);
  });
}

Deno.test("restricted() takes the deepest rule, on the borders of names", async () => {
  const fs = tree({
    permissions: ["list"],
    rules: [
      { path: "/pub", permissions: ["read"] },
      { path: "/pub/deep", permissions: PERMISSIONS },
    ],
  });
  assertEquals(fs.rights("/public"), ["list"]);
  assertEquals(fs.rights("/pub"), ["read"]);
  assertEquals(fs.rights("/pub/x"), ["read"]);
  assertEquals(fs.rights("/pub/deep/x/y"), PERMISSIONS);
  await put(fs, "/pub/deep/new", "");
  await refuses("permission", () => put(fs, "/pub/new", ""));
  await refuses("permission", () => put(fs, "/public/new", ""));
});

Deno.test("restricted() asks both ends of a link", async () => {
  const fs = memoryFileSystem(FILES);
  // As on a disk where /pub/link leads to /in/box.
  const linked = wrapped(fs, {
    resolve: (path) => Promise.resolve(path.replace("/pub/link", "/in/box")),
    read: (path, at) => fs.read(path.replace("/pub/link", "/in/box"), at),
    remove: (path) => fs.remove(path.replace("/pub/link/", "/in/box/")),
  });
  const rules = [{ path: "/in", permissions: ["write"] as const }];
  const shut = restricted(linked, { rules });
  await refuses("permission", () => shut.read("/pub/link/a", 0));
  await refuses("permission", () => shut.remove("/pub/link/a"));
  await refuses("permission", () => shut.rename("/pub/link/a", "/pub/a"));
  assertEquals(await get(fs, "/in/box/a"), "theirs");
  assertEquals(await get(shut, "/pub/deep/a"), "public");
});

Deno.test("restricted() asks for a folder by the name that it has", async () => {
  const fs = memoryFileSystem(FILES);
  // As on a disk that ignores case.
  const blurred = wrapped(fs, {
    resolve: (path) => Promise.resolve(path.toLowerCase()),
    list: (path, options) => fs.list(path.toLowerCase(), options),
  });
  const rules = [{ path: "/in", permissions: [] }];
  const shut = restricted(blurred, { rules });
  await refuses("permission", () => shut.list("/IN"));
  await refuses("permission", () => shut.list("/In/box"));
  assertEquals(await names(shut, "/PUB"), ["deep"]);
});

Deno.test("restricted() compares names as Unicode means them", () => {
  const rules = [{ path: "/caf\u00e9", permissions: [] }];
  assertEquals(tree({ rules }).rights("/cafe\u0301/a"), []);
});

Deno.test("restricted() leaves folders with rules where they are", async () => {
  const rules = [{ path: "/in/box", permissions: PERMISSIONS }];
  const fs = tree({ rules });
  await refuses("permission", () => fs.rename("/in/box", "/box"));
  await refuses("permission", () => fs.rename("/in", "/out"));
  await refuses("permission", () => fs.rename("/public", "/in/box"));
  await refuses("permission", () => fs.remove("/in/box"));
  await refuses("permission", () => fs.removeDirectory("/in/box"));
  await fs.rename("/in/box/a", "/in/box/b");
  await fs.rename("/pub", "/in/pub");
});

Deno.test("restricted() makes a rule's folder only where its parent lets it", async () => {
  const rules = [{ path: "/new", permissions: PERMISSIONS }];
  const shut = tree({ permissions: ["list"], rules });
  await refuses("permission", () => shut.makeDirectory("/new"));
  await tree({ rules }).makeDirectory("/new");
});

Deno.test("restricted() renames between rules only what could be copied and removed", async () => {
  const move = (from: Permission[], to: Permission[]) =>
    tree({
      rules: [
        { path: "/pub", permissions: from },
        { path: "/public", permissions: to },
      ],
    }).rename("/pub/deep", "/public/deep");
  await move(["rename", "read", "delete"], ["write", "make"]);
  await refuses(
    "permission",
    () => move(["rename", "delete"], ["write", "make"]),
  );
  await refuses(
    "permission",
    () => move(["rename", "read"], ["write", "make"]),
  );
  await refuses(
    "permission",
    () => move(["rename", "read", "delete"], ["make", "list", "rename"]),
  );
  await refuses(
    "permission",
    () => move(["rename", "read", "delete"], ["write", "rename"]),
  );
  await refuses(
    "permission",
    () => move(["read", "delete"], ["write", "make"]),
  );
});

Deno.test("restricted() without overwrite replaces nothing by any way", async () => {
  const fs = tree({ overwrite: false });
  await refuses("exists", () => put(fs, "/a", "new"));
  await refuses("exists", () => put(fs, "/a", "new", { mode: "new" }));
  await refuses("exists", () => fs.rename("/in/note", "/a"));
  const cut = { mode: "at", offset: 1 } as const;
  await refuses("exists", () => put(fs, "/a", "new", cut));
  await refuses(
    "bad-offset",
    () => put(fs, "/a", "", { mode: "at", offset: 5 }),
  );
  assertEquals(await get(fs, "/a"), "text");
  await put(fs, "/a", "!", { mode: "at", offset: 4 });
  await put(fs, "/a", "!", { mode: "append" });
  assertEquals(await get(fs, "/a"), "text!!");
});

Deno.test("restricted() without overwrite loses to who is faster", async () => {
  const fs = tree({ overwrite: false });
  const [one, two] = [
    await fs.write("/b", { mode: "replace" }),
    await fs.write("/b", { mode: "replace" }),
  ];
  await one.close();
  await refuses("exists", async () => await two.close());
});

Deno.test("restricted() appends to what is there, and makes what is not", async () => {
  const appends = tree({ permissions: ["append"] });
  await put(appends, "/a", "!", { mode: "append" });
  await refuses("permission", () => put(appends, "/b", "", { mode: "append" }));
  await refuses("permission", () => put(appends, "/a", "", { mode: "new" }));
  // What is cut off would be as lost as what is replaced.
  const cut = { mode: "at", offset: 1 } as const;
  await refuses("exists", () => put(appends, "/a", "", cut));
  const writes = memoryFileSystem(FILES);
  const shut = restricted(writes, { permissions: ["write", "list"] });
  await put(shut, "/b", "b", { mode: "append" });
  await refuses("permission", () => put(shut, "/b", "", { mode: "append" }));
  await refuses("permission", () => put(shut, "/a", "", cut));
  assertEquals(await get(writes, "/b"), "b");
});

Deno.test("restricted() renames onto a file only where files may be replaced", async () => {
  const fs = tree({ permissions: ["rename", "list", "read"] });
  await refuses("exists", () => fs.rename("/in/note", "/a"));
  assertEquals(await get(fs, "/a"), "text");
  await tree({ permissions: ["rename", "write"] }).rename("/in/note", "/a");
});

Deno.test("restricted() tells nothing of what is in a drop box", async () => {
  const files = memoryFileSystem(FILES);
  const permissions = ["write", "make"] as const;
  const box = restricted(files, { permissions, overwrite: false });
  for (const path of ["/in/box/a", "/in/box/none"]) {
    await refuses("not-found", () => box.stat(path));
    await refuses("permission", () => box.read(path, 0));
    await refuses("permission", () => box.remove(path));
    await refuses("permission", () => box.rename(path, "/in/b"));
    await refuses("permission", () => box.setMode(path, 0o777));
    const at = { mode: "at", offset: 1 } as const;
    await refuses("permission", () => box.write(path, at));
    await refuses("permission", () => box.write(path, { mode: "append" }));
    await refuses("not-found", () => box.space(path));
    await refuses("permission", () => box.makeLink("/l", path));
    const below = `${path}/deeper`;
    await refuses("not-found", () => box.stat(below));
    await refuses("not-found", () => put(box, below, ""));
    await refuses("not-found", () => box.makeDirectory(below));
    await refuses("not-found", () => box.space(below));
    await put(box, path, "mine");
    await put(box, `${path}.txt`, "mine");
  }
  await refuses("permission", () => box.list("/in/box"));
  assertEquals((await box.stat("/in/box")).type, "directory");
  assertEquals(await get(files, "/in/box/a"), "theirs");
  const [beside] = (await names(files, "/in/box")).filter((name) =>
    name.startsWith("a-")
  );
  assertMatch(beside!, /^a-[0-9a-f]{8}$/);
  assertEquals(await get(files, `/in/box/${beside}`), "mine");
});

Deno.test("restricted() tells nothing of a drop box to who stores there by other ways", async () => {
  for (const overwrite of [true, false]) {
    const files = memoryFileSystem(FILES);
    const rules = [{ path: "/in/box", permissions: ["write"] }] as const;
    const fs = restricted(files, { rules, overwrite });
    // As COMB does for a target that is not there.
    const sink = await fs.write("/in/box/a", { mode: "new" });
    await sink.close();
    await fs.rename("/a", "/in/box/a");
    const kept = await get(files, "/in/box/a");
    assertEquals(kept, overwrite ? "text" : "theirs");
    const others = (await names(files, "/in/box")).length;
    assertEquals(others, overwrite ? 2 : 3);
  }
});

Deno.test("restricted() tells nothing of a drop box by how much room it has", async () => {
  const files = quota(memoryFileSystem(FILES), { bytes: 100 });
  const box = restricted(files, { permissions: ["write", "make"] });
  assertEquals(await box.space("/in"), null);
  await refuses("permission", () => box.usage());
  const rules = [{ path: "/in", permissions: ["write"] }] as const;
  const fs = restricted(files, { rules });
  assertEquals(await fs.space("/in"), null);
  assertEquals(await fs.space("/pub"), 100 - "text theirs public".length + 2);
});

Deno.test("restricted() describes files to whoever may do anything with them", async () => {
  for (const permission of PERMISSIONS) {
    const fs = tree({ permissions: [permission] });
    const isSeen = await fs.stat("/a").then(() => true, () => false);
    assertEquals(isSeen, permission !== "write" && permission !== "make");
  }
});

Deno.test("restricted() never allows more than what it restricts", async () => {
  const fs = tree({ permissions: ["list", "read"] });
  const again = restricted(fs, { permissions: ["read", "write"] });
  assertEquals(again.rights("/"), ["read"]);
  await refuses("permission", () => put(again, "/a", ""));
  assert(await get(again, "/a") === "text");
});
