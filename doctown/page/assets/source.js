/* Where the parts of the page come from: here they stand in the page itself, each in a block of its own. Nothing else
   knows that; where a server hands the parts out, this one file is another. */

const source = {
  /* What the header says, as plain JSON. */
  async about() {
    return JSON.parse(byId("about").textContent);
  },

  /* The deflated bytes of a part: `tables`, or `block0` and so on. */
  async bytes(name) {
    return Uint8Array.from(atob(JSON.parse(byId(name).textContent)), (c) => c.charCodeAt(0));
  },
};

async function unpacked(name) {
  const stream = new Blob([await source.bytes(name)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}
