import { type FileSystem, readOnly } from "../../server/fs/file_system.ts";
import { keepFree } from "../../server/fs/keep_free.ts";
import { limitedSize } from "../../server/fs/limited_size.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { mounted } from "../../server/fs/mounted.ts";
import { quota } from "../../server/fs/quota.ts";
import { refuseNames } from "../../server/fs/refused_names.ts";
import { restricted } from "../../server/fs/restricted.ts";
import { PERMISSIONS } from "../../server/fs/rights.ts";
import { wrapped } from "../../server/fs/wrapped.ts";
import { treeOf } from "../../server/ftp/tree.ts";
import { testFileSystem } from "../fs_conformance.ts";
import { subtree } from "../fs_subtree.ts";

const rules = [{ path: "/elsewhere", permissions: [] }];
const capacity = 1 << 30;

/** Each wrapper where it has nothing to say. */
const WRAPPERS: Record<string, () => FileSystem> = {
  "wrapped()": () => wrapped(memoryFileSystem(), {}),
  "restricted()": () => restricted(memoryFileSystem(), { rules }),
  "refuseNames()": () => refuseNames(memoryFileSystem(), ["*.never"]),
  "limitedSize()": () => limitedSize(memoryFileSystem(), capacity),
  "keepFree()": () => keepFree(memoryFileSystem({}, { capacity }), 1000),
  "quota()": () => quota(memoryFileSystem(), { bytes: 5000, files: 500 }),
  "mounted(), in the root": () =>
    subtree(
      mounted(memoryFileSystem({ "/real": null }), [
        { at: "/m", fs: memoryFileSystem() },
        { at: "/real/deep/m", fs: readOnly(memoryFileSystem()) },
      ]),
      "/",
      ["m", "real"],
    ),
  "mounted(), in a mount": () =>
    subtree(
      mounted(memoryFileSystem(), [{ at: "/a/m", fs: memoryFileSystem() }]),
      "/a/m",
    ),
  "treeOf() with everything": () =>
    treeOf({
      name: "ann",
      password: null,
      root: "/srv",
      write: true,
      permissions: PERMISSIONS,
      rules,
      overwrite: true,
      quota: { bytes: capacity, files: 1000 },
      maxFileSize: capacity,
      refuseNames: ["*.never"],
    }, {
      open: () => memoryFileSystem({}, { capacity }),
      keepFree: 1000,
    }),
};

for (const [name, make] of Object.entries(WRAPPERS)) {
  testFileSystem(name, (act) => act(make()));
}
