/* Colours. The first eight groups have tones of their own, chosen by search so that for each theme no two of them come
   near each other in OKLab for eyes that see all hues and for those that lack red, green or blue; more groups than that
   take hues by the golden angle in three steps of lightness. Computed, because pixels need numbers. */

const GOLDEN_ANGLE = 137.508;

/* Lightness, chroma, hue in OKLCH. */
const TONES = {
  light: [[0.59, 0.131, 293], [0.6, 0.15, 54], [0.65, 0.089, 182], [0.46, 0.147, 40], [0.75, 0.125, 285], [0.78, 0.15, 84], [0.46, 0.088, 324], [0.78, 0.15, 172]],
  dark: [[0.74, 0.125, 256], [0.77, 0.141, 107], [0.72, 0.143, 3], [0.85, 0.117, 211], [0.61, 0.149, 264], [0.62, 0.121, 104], [0.6, 0.15, 348], [0.9, 0.114, 119]],
};

function channel(linear) {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(Math.max(value, 0), 1));
}

/* [red, green, blue] of an OKLCH colour. */
function rgbOf(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

const css = ([r, g, b], alpha = 1) => `rgb(${r} ${g} ${b} / ${alpha})`;
const isDark = () => document.documentElement.dataset.theme === "dark";
const grey = () => (isDark() ? [112, 120, 130] : [168, 170, 172]);

function toneOf(group) {
  const tones = TONES[isDark() ? "dark" : "light"];
  if (group < tones.length) return tones[group];
  const step = [0, -0.06, 0.05][group % 3];
  return [(isDark() ? 0.74 : 0.64) + step, isDark() ? 0.115 : 0.13, 252 + group * GOLDEN_ANGLE];
}

const groupColour = (group) => (group < 0 ? grey() : rgbOf(...toneOf(group)));

/* A broad topic has a tone, those below it are shades of that. */
function topicTone(data, topic) {
  const root = data.rootOf[topic];
  const [lightness, chroma, hue] = toneOf(data.roots.indexOf(root));
  if (topic === root) return [lightness, chroma, hue];
  const among = data.below[root];
  const at = among.indexOf(topic);
  const share = among.length > 1 ? at / (among.length - 1) - 0.5 : 0;
  return [lightness + 0.16 * share * (at % 2 ? -1 : 1), chroma, hue + 9 * (at % 3) - 9];
}

const topicColour = (data, topic) => (topic < 0 ? grey() : rgbOf(...topicTone(data, topic)));

/* The same hue, dark or light enough to be read on the ground. */
function topicLabelColour(data, topic) {
  if (topic < 0) return isDark() ? [190, 196, 204] : [80, 84, 90];
  return rgbOf(isDark() ? 0.88 : 0.41, isDark() ? 0.075 : 0.1, topicTone(data, topic)[2]);
}

const centralityColour = (step) => rgbOf(isDark() ? 0.45 + 0.042 * step : 0.82 - 0.042 * step, 0.05 + 0.011 * step, 262 - 24 * step);

/* Which group each chunk is in: {group, names, colour(group)}; groups are ordered by size, the largest first. */
function colouring(data, mode) {
  if (mode === "topic") return { group: data.topic, names: data.topics.map((topic) => topic.label), colour: (topic) => topicColour(data, topic) };
  if (mode === "centrality") {
    const sorted = data.weight.slice().sort();
    // Few are much more central than the rest: colours go by rank, equal weights by their first.
    const share = new Map();
    sorted.forEach((weight, rank) => share.has(weight) || share.set(weight, rank / sorted.length));
    const group = Int32Array.from(data.weight, (weight) => Math.floor(9.99 * share.get(weight) ** 2));
    return { group, names: ["little used", "", "", "", "", "", "", "", "", "central"], colour: centralityColour };
  }
  const nameOf = mode === "language" ? (chunk) => data.chunks.languages[data.chunks.language[chunk]] : (chunk) => folderOf(data, chunk);
  const sizes = new Map();
  for (let chunk = 0; chunk < data.length; chunk += 1) sizes.set(nameOf(chunk), (sizes.get(nameOf(chunk)) ?? 0) + 1);
  const names = [...sizes.keys()].sort((a, b) => sizes.get(b) - sizes.get(a));
  const at = new Map(names.map((name, i) => [name, i]));
  // More than can be told apart are one group, in grey.
  const most = TONES.light.length;
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} others`] : names;
  const group = Int32Array.from(data.topic, (_, chunk) => Math.min(at.get(nameOf(chunk)), most));
  return { group, names: shown, colour: (each) => (each === most ? grey() : groupColour(each)) };
}

/* The folder a chunk is coloured by: below the folder that everything shares. */
function folderOf(data, chunk) {
  data.shared ??= sharedDepth(data.files);
  const folders = data.path(chunk).split("/").slice(0, -1);
  return folders.slice(data.shared, data.shared + 1)[0] ?? "top folder";
}

/* How many folders deep most (nine of ten) of the files share one. */
function sharedDepth(files) {
  let among = files;
  for (let depth = 0; ; depth += 1) {
    const sizes = new Map();
    for (const file of among) {
      const folder = file.split("/").slice(0, -1)[depth];
      if (folder !== undefined) sizes.set(folder, (sizes.get(folder) ?? 0) + 1);
    }
    const [most, size] = [...sizes].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
    if (size < 0.9 * files.length) return depth;
    among = among.filter((file) => file.split("/")[depth] === most);
  }
}
