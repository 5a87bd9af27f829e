/**
 * The findings in the document for readers.
 *
 * @module
 */

/** The two marks between which the findings of the benchmark `name` stand. */
function marksOf(name: string): [string, string] {
  return [
    `<!-- ${name}: written by deno task bench ${name} -->`,
    `<!-- end of ${name} -->`,
  ];
}

/**
 * Puts `markdown` between the two marks of the benchmark `name`, and leaves
 * the rest of `text` alone.
 *
 * @throws {Error} If there are no such marks.
 */
export function replaced(text: string, name: string, markdown: string): string {
  const [begin, end] = marksOf(name);
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(`the document lacks the marks "${begin}" and "${end}"`);
  }
  const head = text.slice(0, from + begin.length);
  return `${head}\n\n${markdown}\n${text.slice(to)}`;
}

/**
 * Whether the document at `path` can take the findings of `name`.
 *
 * @throws {Error} If it is not there or has no such marks.
 */
export async function mustHaveMarks(path: string, name: string): Promise<void> {
  replaced(await Deno.readTextFile(path), name, "");
}

/** Puts `markdown` there in the document at `path`, which is then formatted. */
export async function writeInto(
  path: string,
  name: string,
  markdown: string,
): Promise<void> {
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, replaced(text, name, markdown));
  const args = ["fmt", "--quiet", path];
  await new Deno.Command(Deno.execPath(), { args }).output();
}
