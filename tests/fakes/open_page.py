"""What a person does with a page that is open in a real Chromium, and what can be seen there.

The map is pixels, so where its points are is found as a person finds them: by their ink.
"""

import re

from playwright.sync_api import Page, expect

OURS = {
    "html", "head", "meta", "link", "title", "style", "body", "header", "div", "h1", "h2", "h3", "p", "input", "kbd",
    "ul", "ol", "li", "label", "span", "select", "option", "button", "main", "canvas", "strong", "nav", "aside",
    "dialog", "noscript", "script", "code", "pre", "section", "dl", "dt", "dd", "mark", "details", "summary",
}  # fmt: skip
"""All that the page is made of; what a repository says must not add to it."""


def settled(page: Page) -> None:
    """Waits until two frames have been drawn: a change of the map is drawn in the next one."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def pixels(page: Page) -> str:
    """What the points look like now."""
    settled(page)
    return page.evaluate("() => document.getElementById('points').toDataURL()")


# The layers are read from a copy: a canvas that is read often is one that the browser warns of.
READ = """
  const layer = document.getElementById(id);
  const canvas = new OffscreenCanvas(layer.width, layer.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(layer, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
"""


def inked(page: Page, layer: str) -> int:
    """How many pixels of a layer of the map are not empty."""
    settled(page)
    return page.evaluate(
        f"""(id) => {{
          {READ}
          return data.filter((value, i) => i % 4 === 3 && value > 0).length;
        }}""",
        layer,
    )


def spot_of(page: Page, skip: int = 0) -> tuple[float, float]:
    """Where on the screen a point is drawn that no panel covers, in CSS pixels; `skip` leaves so many others out."""
    settled(page)
    found = page.evaluate(
        """(skip) => {
          const id = "points";
          READ
          const map = document.getElementById("map").getBoundingClientRect();
          const density = canvas.width / map.width;
          const found = [];
          for (let y = 0; y < canvas.height; y += 3) {
            for (let x = 0; x < canvas.width; x += 3) {
              if (data[4 * (y * canvas.width + x) + 3] < 200) continue;
              const at = [map.left + x / density, map.top + y / density];
              if (document.elementFromPoint(...at)?.id !== "map") continue;
              if (found.every(([left, top]) => Math.hypot(left - at[0], top - at[1]) > 30)) found.push(at);
            }
          }
          return found[skip] ?? null;
        }""".replace("READ", READ),
        skip,
    )
    assert found, "there is no point in view"
    return found[0], found[1]


def find(page: Page, words: str) -> None:
    page.locator("#query").fill(words)
    expect(page.locator("#found [role=option]").first).to_be_visible()


def section(page: Page, title: str):
    return page.locator("#details section").filter(has=page.get_by_role("heading", name=re.compile(f"^{title}")))


def names_in(page: Page, title: str) -> list[str]:
    return section(page, title).locator(".jumps .name").all_inner_texts()


def unharmed(page: Page) -> None:
    """Nothing of the repository has run, and the page is made of nothing but what it brings along."""
    assert page.evaluate("() => typeof window.canary") == "undefined"
    found = page.evaluate("() => [...document.querySelectorAll('*')].map((each) => each.localName)")
    assert set(found) <= OURS
    assert page.evaluate("() => document.querySelectorAll('script:not([type]), style').length") == 2
    assert page.evaluate("() => document.querySelectorAll('body > *').length") == page.evaluate(
        "() => document.querySelectorAll('body > :is(header, main, dialog, p, noscript, script)').length"
    )
    attributes = page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap(
          (each) => [...each.attributes].map(({ name, value }) => [name, value]))"""
    )
    assert not [name for name, _ in attributes if name.startswith("on") or name in {"src", "srcdoc"}]
    assert not [value for name, value in attributes if name == "href" and not value.startswith("data:")]
    assert not [value for name, value in attributes if "canary" in value and name != "content"]


def no_overflow(page: Page) -> bool:
    """Whether a page on a phone cannot be scrolled sideways."""
    return page.evaluate(
        "() => document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth"
        " && visualViewport.width <= 390"
    )
