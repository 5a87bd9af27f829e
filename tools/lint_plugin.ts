/**
 * The house rules as lint rules: imports only point inwards, nothing in the
 * core touches the runtime, and only a tool's last lines may exit.
 *
 * Tests are exempt. A file is judged by its path in the repository, and the
 * tables below are the rules; the code under them only looks things up.
 *
 * @module
 */

/** What the files below a path may import; the first row that fits counts. */
const IMPORTS: readonly {
  of: string;
  may: readonly string[];
  not?: readonly string[];
}[] = [
  { of: "lib/net/", may: ["lib/"] },
  // Addresses as text: lib/net/ip.ts touches no socket.
  { of: "lib/x509/names.ts", may: ["lib/"] },
  { of: "lib/", may: ["lib/"], not: ["lib/net/"] },
  { of: "server/fs/", may: ["lib/", "server/fs/"] },
  { of: "server/", may: ["lib/", "server/"] },
  { of: "client/", may: ["lib/", "client/"] },
  { of: "tools/", may: ["lib/", "server/", "client/", "tools/"] },
  { of: "", may: ["lib/", "server/", "client/"] },
];

/** Files of the core, which reach the world only through what they are given. */
const CORE: readonly string[] = [
  "lib/ftp/",
  "lib/services",
  "lib/spew/",
  "lib/terminal/",
  "lib/time/",
  "lib/upper/",
  "lib/x509",
  "server/ftp/",
  "server/services/",
  "client/drop/",
  "client/echo/",
  "client/ftp/",
  "client/lookup/",
  "client/spew/",
  "client/time/",
  "client/upper/",
];

/** The files of the core's folders that are its edge to the runtime. */
const EDGE: readonly string[] = [
  "lib/terminal/device.ts",
  "server/ftp/data/active.ts",
  "server/ftp/data/listen.ts",
  "server/ftp/data/own_port.ts",
  "server/ftp/data/shared_ports.ts",
  "server/ftp/operations/herald_hooks.ts",
  "server/ftp/serve.ts",
  "server/ftp/tls/system_identity.ts",
  "server/ftp/warden.ts",
  "server/ftp/worker.ts",
  "server/services/bucket/assemble.ts",
  "server/services/bucket/kernel_drops.ts",
  "server/services/bucket/outlet.ts",
  "server/services/bucket/spool.ts",
  "server/services/bucket/standard_output.ts",
  "client/drop/local_error.ts",
  "client/drop/local_file.ts",
  "client/drop/name.ts",
  "client/drop/output.ts",
  "client/drop/verbs.ts",
  "client/echo/streams.ts",
  "client/ftp/local_files.ts",
  "client/ftp/mirror/local_name.ts",
  "client/ftp/shell/start.ts",
  "client/ftp/shell/system_machine.ts",
  "client/lookup/report.ts",
  "client/lookup/system_machine.ts",
];

/** The only files of the product that write to the terminal. */
const TALKERS: readonly string[] = [
  "lib/cli.ts",
  "lib/cli/",
  "lib/log.ts",
  "tools/",
];

const ROOT = new URL("..", import.meta.url).pathname;

/** The path of a linted file in the repository. */
function pathOf(filename: string): string {
  return filename.startsWith(ROOT) ? filename.slice(ROOT.length) : filename;
}

/** Whether `path` starts with one of `prefixes`. */
function under(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path.startsWith(prefix));
}

/** Makes a rule of a visitor that is given the path of the file. */
function rule(
  visit: (path: string, context: Deno.lint.RuleContext) => Visitor,
): Deno.lint.Rule {
  return {
    create(context) {
      const path = pathOf(context.filename);
      return path.startsWith("tests/") ? {} : visit(path, context);
    },
  };
}

type Visitor = Deno.lint.LintVisitor;

/** Why `path` must not import `specifier`, or nothing when it may. */
function importFault(path: string, specifier: string): string | undefined {
  if (specifier === "@std/assert") {
    return "Only tests may import @std/assert.";
  }
  if (!specifier.startsWith(".")) return undefined;
  const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
  const row = IMPORTS.find((row) => path.startsWith(row.of));
  const allowed = under(target, row?.may ?? []) &&
    !under(target, row?.not ?? []);
  if (allowed || target === "deno.json") return undefined;
  return `Imports only point inwards: ${path} must not import ${target}.`;
}

const inwardImports = rule((path, context) => {
  const check = (node: Deno.lint.Node, source: Deno.lint.Node | null) => {
    if (source?.type !== "Literal" || typeof source.value !== "string") return;
    const message = importFault(path, source.value);
    if (message) context.report({ node, message });
  };
  return {
    ImportDeclaration: (node) => check(node, node.source),
    ExportAllDeclaration: (node) => check(node, node.source),
    ExportNamedDeclaration: (node) => check(node, node.source),
    ImportExpression: (node) => check(node, node.source),
  };
});

const pureCore = rule((path, context) => {
  if (!under(path, CORE) || EDGE.includes(path)) return {};
  return {
    Identifier(node) {
      if (node.name !== "Deno") return;
      context.report({
        node,
        message: `${path} belongs to the core: no Deno here.`,
        hint: "Take what it does as a parameter, from the shell.",
      });
    },
  };
});

const exitAtMain = rule((_path, context) => ({
  MemberExpression(node) {
    const name = denoMember(node);
    if (name !== "exit" && name !== "args") return;
    if (isAtMain(node)) return;
    context.report({
      node,
      message: `Deno.${name} belongs directly in if (import.meta.main).`,
      hint: "Return an exit code; take arguments as a parameter.",
    });
  },
}));

/** The name of a member of `Deno`, or nothing when it is of something else. */
function denoMember(node: Deno.lint.MemberExpression): string | undefined {
  if (node.object.type !== "Identifier" || node.object.name !== "Deno") {
    return undefined;
  }
  return node.property.type === "Identifier" ? node.property.name : undefined;
}

/** Whether `node` is in `if (import.meta.main)` with no function between. */
function isAtMain(node: Deno.lint.Node): boolean {
  for (let at: Deno.lint.Node | undefined = node; at; at = parentOf(at)) {
    if (at.type === "IfStatement" && isMainTest(at.test)) return true;
    if (at.type.includes("Function")) return false;
  }
  return false;
}

/** The node around `node`; the root has none. */
function parentOf(node: Deno.lint.Node): Deno.lint.Node | undefined {
  return "parent" in node ? node.parent as Deno.lint.Node : undefined;
}

/** Whether `test` is `import.meta.main`. */
function isMainTest(test: Deno.lint.Expression): boolean {
  return test.type === "MemberExpression" &&
    test.object.type === "MetaProperty" &&
    test.property.type === "Identifier" && test.property.name === "main";
}

const quiet = rule((path, context) => {
  if (under(path, TALKERS)) return {};
  return {
    MemberExpression(node) {
      if (node.object.type !== "Identifier") return;
      if (node.object.name !== "console") return;
      context.report({
        node,
        message: "Only lib/cli.ts and lib/log.ts write to the terminal.",
      });
    },
  };
});

/** The plugin, as `deno lint` loads it. */
const plugin: Deno.lint.Plugin = {
  name: "wharf",
  rules: {
    "inward-imports": inwardImports,
    "pure-core": pureCore,
    "exit-at-main": exitAtMain,
    "quiet": quiet,
  },
};

export default plugin;
