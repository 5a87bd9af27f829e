/**
 * Makes `swapped` in the folder it is told, in turn and as fast as it can, a
 * harmless folder and a link that leads out. Runs until it is killed.
 *
 * @module
 */

const [pub] = Deno.args;
Deno.symlinkSync("../outside", `${pub}/.way-out`);
Deno.mkdirSync(`${pub}/.harmless`);
Deno.writeTextFileSync(`${pub}/.harmless/secret`, "harmless");
console.log("swapping");
for (;;) {
  for (const name of [".harmless", ".way-out"]) {
    try {
      Deno.renameSync(`${pub}/${name}`, `${pub}/swapped`);
      Deno.renameSync(`${pub}/swapped`, `${pub}/${name}`);
    } catch { /* The server has just made or moved something there. */ }
  }
}
