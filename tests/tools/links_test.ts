/** Links in the documents lead to files and headings that are there. */
import { assert, assertEquals } from "@std/assert";
import { read, ROOT } from "./documents.ts";

/** Every document of the repository. */
const PAGES: readonly string[] = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"],
  ...Array.from(Deno.readDirSync(new URL("docs/", ROOT)), ({ name }) => name)
    .filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
];

/** Text without blocks of code, in which nothing is a link or a heading. */
function prose(text: string): string {
  return text.replaceAll(/^ *```[^]*?^ *```$/gm, "");
}

/** Where links lead to, those to other places of the Internet left out. */
function linksIn(text: string): string[] {
  const plain = prose(text).replaceAll(/`[^`\n]*`/g, "");
  return [...plain.matchAll(/\]\(\s*([^)\s]+)\s*\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** What headings are called in links. */
function anchorsIn(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim().replaceAll(/\s/g, "-")
  );
}

function isThere(url: URL): boolean {
  try {
    Deno.statSync(url);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a link of a page. */
function problemOf(page: string, target: string): string | null {
  const [path = "", anchor] = target.split("#");
  const url = new URL(path || page.replace(/^.*\//, ""), new URL(page, ROOT));
  if (!isThere(url)) return `${page}: there is no ${target}`;
  if (anchor === undefined) return null;
  const file = url.href.slice(ROOT.href.length);
  return anchorsIn(read(file)).includes(anchor)
    ? null
    : `${page}: ${file} has no heading #${anchor}`;
}

Deno.test("links of the documents lead to what is there", () => {
  const links = PAGES.flatMap((page) =>
    linksIn(read(page)).map((target) => [page, target] as const)
  );
  assert(links.length > 50, `${links.length} links were found`);
  const problems = links.map(([page, target]) => problemOf(page, target));
  assertEquals(problems.filter((problem) => problem !== null), []);
});

Deno.test("every page of docs/ can be reached by a link", () => {
  const linked = PAGES.flatMap((page) =>
    linksIn(read(page)).map((target) =>
      new URL(target.replace(/#.*/, ""), new URL(page, ROOT)).href
        .slice(ROOT.href.length)
    )
  );
  const alone = PAGES.slice(4).filter((page) => !linked.includes(page));
  assertEquals(alone, []);
});

Deno.test("problemOf() finds what is not there", () => {
  assertEquals(problemOf("docs/ftpd.md", "config.md#the-form"), null);
  assertEquals(problemOf("docs/ftpd.md", "#tls"), null);
  for (const target of ["nothere.md", "config.md#nothere", "../no/page.md"]) {
    assert(problemOf("docs/ftpd.md", target) !== null, target);
  }
});
