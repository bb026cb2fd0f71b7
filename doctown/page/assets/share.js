/* What one takes along: the map as a picture with its names, a title and a legend, and a link to just this view. */

const PICTURE_DENSITY = 2;

/* The view as it is seen, on one opaque canvas at twice its size, with a line about what it shows. */
function pictureOf(picture) {
  const { data, camera } = picture;
  const map = picture.taken(PICTURE_DENSITY);
  const { freeWidth, freeHeight } = camera;
  const foot = 44;
  const canvas = element("canvas", { width: Math.round(freeWidth * PICTURE_DENSITY), height: Math.round((freeHeight + foot) * PICTURE_DENSITY) });
  const context = canvas.getContext("2d");
  context.fillStyle = picture.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  // Only what no panel covers.
  context.drawImage(map, -camera.inset.left * PICTURE_DENSITY, -camera.inset.top * PICTURE_DENSITY);
  context.fillRect(0, freeHeight * PICTURE_DENSITY, canvas.width, foot * PICTURE_DENSITY);
  context.scale(PICTURE_DENSITY, PICTURE_DENSITY);
  context.textBaseline = "middle";
  const middle = freeHeight + foot / 2;
  const write = (text, x, weight, colour) => {
    context.font = `${weight} 13px ${FAMILY}`;
    context.fillStyle = colour;
    context.fillText(text, x, middle);
    return x + context.measureText(text).width + 10;
  };
  let x = write(oneLine(data.about.name).slice(0, 60), 16, 650, picture.ink);
  const { counts } = data.about;
  x = write(`${count(counts.files, "file")} · ${count(counts.symbols, "symbol")} · ${count(data.topics.length, data.groupWord)}`, x, 400, picture.alike) + 16;
  if (picture.mode !== "topic") legendOn(context, picture, x, middle, write);
  context.textAlign = "right";
  write("doctown", freeWidth - 16, 400, picture.alike);
  return canvas;
}

function legendOn(context, picture, from, middle, write) {
  let x = from;
  picture.groups.names.forEach((name, group) => {
    if (x > picture.camera.freeWidth - 160) return;
    context.fillStyle = css(picture.colours[group + 1]);
    context.beginPath();
    context.arc(x, middle, 4.5, 0, 7);
    context.fill();
    x = name ? write(oneLine(name).slice(0, 24), x + 10, 400, picture.ink) + 6 : x + 12;
  });
}

function showShare(page) {
  const { data, picture } = page;
  const dialog = byId("share-dialog");
  const canvas = pictureOf(picture);
  const link = location.href.split("#")[0] + linkToView(data, page.open, page.camera.seen, picture.mode);
  dialog.replaceChildren(
    dialogHead(dialog, "share-title", "Share what you see"),
    element("div", { class: "shot" }, element("div", { class: "frame", role: "img", "aria-label": "The picture" }, canvas)),
    element("p", { class: "quiet" }, `${counted.format(canvas.width)} × ${counted.format(canvas.height)} pixels, with the names, the colours and the theme of this view.`),
    element("div", { class: "actions" },
      element("button", { class: "action main", type: "button", onclick: () => saveCanvas(canvas, `${data.about.name}-map`) }, "Save the picture"),
      copying("Copy a link to this view", link)));
  dialog.showModal();
}

/* Offers the canvas as a PNG file. */
function saveCanvas(canvas, name) {
  canvas.toBlob((blob) => {
    const href = URL.createObjectURL(blob);
    element("a", { href, download: `${name.replace(/[^\w.-]+/g, "-").slice(0, 80) || "map"}.png` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  });
}
