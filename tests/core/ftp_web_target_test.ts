import { assertEquals, assertThrows } from "@std/assert";
import {
  originOf,
  webProblem,
  webTarget,
} from "../../server/ftp/operations/web_target.ts";
import { wayTo } from "../../server/ftp/operations/herald_hooks.ts";

Deno.test("webTarget() takes names and passwords out of URLs", () => {
  const taken = webTarget({ url: "http://me:p%C3%A4ss@h.example:81/x?y" });
  assertEquals(taken.url, "http://h.example:81/x?y");
  assertEquals(taken.authorization, "Basic bWU6cMOkc3M=");
  const given = webTarget({ url: "http://a:b@h/", authorization: "Bearer c" });
  assertEquals(given, { url: "http://h/", authorization: "Bearer c" });
  const plain = { url: "http://h/x", authorization: undefined };
  assertEquals(webTarget(plain), plain);
  assertThrows(() => webTarget({ url: "http://a:%zz@h/" }), URIError);
});

Deno.test("originOf() leaves out whatever may be a key", () => {
  assertEquals(
    originOf("https://a:b@h.example/T0/key?k#k"),
    "https://h.example",
  );
});

Deno.test("webProblem() says neither URL nor header", () => {
  for (
    const said of [
      "error sending request for url (http://a:hush@h/hush): no",
      'Invalid header value: "hush\n"',
      "Invalid URL: 'http://hush'",
    ]
  ) {
    assertEquals(webProblem(new TypeError(said)).includes("hush"), false, said);
    const outer = new TypeError("failed", { cause: new Error(said) });
    assertEquals(webProblem(outer).includes("hush"), false, said);
  }
});

Deno.test("a hook that cannot be asked tells no secret of its target", async () => {
  const secret = { authorization: "hush\nhush", timeout: 1000 };
  const failure = await wayTo({ url: "http://127.0.0.1/hush", ...secret })
    .deliver("{}");
  assertEquals(failure, { reason: "Invalid header value", again: true });
});
