/* Words on the page. All text, ours and the repository's, reaches the page through `element` as text nodes. */

const byId = (id) => document.getElementById(id);

/* A new element; `children` are elements or strings. Attributes are ours, never the repository's. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/* Control and direction characters, which would hide or turn round what is really there. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/* The repository's text, with characters that cannot be seen named in brackets. */
function visible(text) {
  const plain = wellFormed(text).replace(/\r\n?/g, "\n");
  return plain.replace(UNSEEN, (c) => `[U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

/* In one line. */
function oneLine(text) {
  return visible(text).replace(/\s+/g, " ");
}

/* Half a surrogate pair cannot stand in a URL, in a file or on the clipboard. */
function wellFormed(text) {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

const counted = new Intl.NumberFormat("en");
const count = (n, one, many = `${one}s`) => `${counted.format(n)} ${n === 1 ? one : many}`;

function tell(words) {
  byId("status").textContent = words;
}

const PARTS = new RegExp(
  [
    /(?<c>\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|(?:^|(?<=\s))#[^\n]*)/.source,
    /(?<s>"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)/.source,
    /(?<n>\b\d[\w.]*)/.source,
    /(?<w>[A-Za-z_]\w*)/.source,
  ].join("|"),
  "gm",
);
const KEYWORDS = new Set(
  ("and as assert async await break case catch class const continue def default defer del do elif else enum except export " +
    "extends finally fn for from func function global go if impl import in interface is lambda let loop match mod move mut new " +
    "nonlocal not or package pass pub raise return self static struct super switch this throw trait try type typeof use var void " +
    "where while with yield None True False null true false nil").split(" "),
);
const PROSE = new Set(["markdown", "restructuredtext", "rst", "text", "prose", "document"]);

/* Nodes for `code`, with comments, strings, numbers and the common keywords told apart; prose stays as it is. */
function painted(code, language) {
  if (PROSE.has(language) || code.length > 40000) return [code];
  const nodes = [];
  let from = 0;
  for (const found of code.matchAll(PARTS)) {
    const { c, s, n, w } = found.groups;
    const part = c ? "c" : s ? "s" : n ? "n" : KEYWORDS.has(w) ? "k" : "";
    if (!part) continue;
    if (found.index > from) nodes.push(code.slice(from, found.index));
    nodes.push(element("span", { class: part }, found[0]));
    from = found.index + found[0].length;
  }
  nodes.push(code.slice(from));
  return nodes;
}
