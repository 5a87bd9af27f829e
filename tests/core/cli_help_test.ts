import { assertEquals } from "@std/assert";
import { helpText, type Tool } from "../../lib/cli.ts";

const TOOL: Tool = {
  name: "ftpd",
  summary: "serve a folder over FTP",
  usage: "ftpd [options] [DIR]",
  examples: [
    ["ftpd", "serve this folder, read-only, to this machine"],
    ["ftpd --write ./pub", "let everybody write to ./pub"],
    [
      "ftpd --listen 0.0.0.0:2121 --passive-ports 50000-50100 ./pub",
      "serve the whole network",
    ],
  ],
  options: {
    "listen": {
      type: "texts",
      placeholder: "HOST:PORT",
      short: "l",
      help: "address to listen on, which is 127.0.0.1:2121 when none is given",
    },
    "write": { type: "flag", help: "anonymous users may write" },
    "idle-timeout": {
      type: "seconds",
      default: 300,
      help: "end idle sessions",
    },
    "passive-ports": { type: "ports", group: "Network", help: "data ports" },
    "active": {
      type: "choice",
      choices: ["lan", "any", "off"],
      default: "lan",
      group: "Network",
      help: "where data connections may go",
    },
    "max-sessions": { type: "integer", default: 100, help: "at once" },
    "banner": { type: "text", help: "first words" },
  },
};

const EXPECTED = `ftpd: serve a folder over FTP

Usage: ftpd [options] [DIR]

Examples:
  ftpd                serve this folder, read-only, to this machine
  ftpd --write ./pub  let everybody write to ./pub
  ftpd --listen 0.0.0.0:2121 --passive-ports 50000-50100 ./pub
                      serve the whole network

Options:
  --listen, -l HOST:PORT      address to listen on, which is 127.0.0.1:2121 when
                              none is given (repeatable)
  --write                     anonymous users may write
  --idle-timeout SECONDS      end idle sessions (default 300)
  --max-sessions N            at once (default 100)
  --banner TEXT               first words

Network:
  --passive-ports FIRST-LAST  data ports
  --active lan|any|off        where data connections may go (default lan)

General:
  --help, -h                  print this
  --version                   print the version
  --quiet                     log only warnings and errors
  --log text|json             how log lines look (default text)
`;

Deno.test("helpText() puts examples first, options in groups, defaults behind", () => {
  assertEquals(helpText(TOOL), EXPECTED);
});

Deno.test("helpText() keeps to 80 columns", () => {
  const wide = helpText(TOOL).split("\n").filter((line) => line.length > 80);
  assertEquals(wide, []);
});

Deno.test("helpText() leaves out sections that would be empty", () => {
  const text = helpText({ ...TOOL, examples: [], options: {} });
  assertEquals(
    text.split("\n").filter((line) => line.endsWith(":")),
    ["General:"],
  );
});
