"""The page in a real Chromium, opened from disk without a network: what a person sees, clicks and types.

The map is pixels, so where its points are is found as a person finds them: the mouse is moved over it until a tooltip
names one. Waiting is always for something that can be seen.
"""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from doctown.model import Edge, Symbol
from tests.fakes.docpacks import docpack_of
from tests.fakes.open_page import find, inked, names_in, no_overflow, pixels, section, settled, spot_of, unharmed

pytestmark = pytest.mark.browser


def busy_symbol(points: int = 200) -> tuple[Symbol, list[Symbol], list[Symbol]]:
    """A symbol that calls and is called, those that call it and those it calls; each once, itself left out."""
    docpack = docpack_of(points)
    by_id = {symbol.id: symbol for symbol in docpack.rows("symbols.jsonl", Symbol)}
    pairs = {(edge.source, edge.target) for edge in docpack.rows("edges.jsonl", Edge) if edge.target}
    pairs = {(source, target) for source, target in pairs if source != target}
    for symbol in by_id.values():
        callers = [by_id[source] for source, target in pairs if target == symbol.id]
        callees = [by_id[target] for source, target in pairs if source == symbol.id]
        if 2 <= len(callers) <= 8 and callees:
            return symbol, callers, callees
    raise AssertionError("nothing in the docpack calls and is called")


def test_it_opens_from_disk_and_shows_what_it_is_about(opened):
    with opened() as page:
        assert page.url.startswith("file://")
        expect(page).to_have_title("harbour · doctown")
        expect(page.locator("#name")).to_have_text("harbour")
        expect(page.locator("#facts")).to_contain_text("17 files")
        expect(page.locator("#notice")).to_be_hidden()
        expect(page.locator("#hint")).to_contain_text("Each point is a piece of code or text")
        assert inked(page, "points") > 1000 and inked(page, "map") > 1000


def test_pointing_at_a_point_names_it_and_pointing_elsewhere_does_not(opened):
    with opened() as page:
        page.mouse.move(*spot_of(page))
        expect(page.locator("#tip")).to_be_visible()
        expect(page.locator("#tip strong")).not_to_be_empty()
        expect(page.locator("#tip span:not(.group)")).to_have_text(re.compile(r"^src/harbour/.+:\d+$"))
        page.locator("#topics h2").hover()
        expect(page.locator("#tip")).to_be_hidden()


def test_dragging_moves_the_map_and_opens_nothing(opened):
    with opened() as page:
        before = pixels(page)
        x, y = spot_of(page)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y + 40, steps=4)
        page.mouse.up()
        assert pixels(page) != before
        expect(page.locator("#details")).to_be_hidden()
        page.get_by_role("button", name="Show the whole map").click()
        assert pixels(page) == before


def test_the_wheel_zooms_in_and_out_where_the_mouse_is(opened):
    with opened() as page:
        x, y = spot_of(page)
        page.mouse.move(x, y)
        name = page.locator("#tip strong").inner_text()
        before, ink = pixels(page), inked(page, "points")
        page.mouse.wheel(0, -200)
        assert pixels(page) != before
        # What the mouse is on stays under it.
        page.mouse.move(x + 1, y)
        expect(page.locator("#tip strong")).to_have_text(name)
        page.mouse.wheel(0, 240)
        page.mouse.wheel(0, 240)
        page.mouse.move(5, 5)
        assert inked(page, "points") < ink


def test_the_buttons_zoom_and_show_everything_again(opened):
    with opened() as page:
        before = pixels(page)
        page.get_by_role("button", name="Zoom in").click()
        nearer = pixels(page)
        assert nearer != before
        page.get_by_role("button", name="Zoom out").click()
        page.get_by_role("button", name="Zoom out").click()
        assert pixels(page) not in {nearer, before}
        page.get_by_role("button", name="Show the whole map").click()
        assert pixels(page) == before


def test_the_zoom_buttons_are_never_under_a_panel(opened):
    for phone in (False, True):
        with opened(phone=phone, link="#topic=0") as page:
            expect(page.locator("#details h2")).to_be_visible()
            page.get_by_role("button", name="Zoom in").click(timeout=3000)


def test_clicking_a_point_shows_its_code_and_clicking_beside_it_closes(opened):
    with opened() as page:
        x, y = spot_of(page)
        page.mouse.move(x, y)
        name = page.locator("#tip strong").inner_text()
        page.mouse.click(x, y)
        expect(page.locator("#details h2")).to_have_text(name)
        expect(page.locator("#details .code .text")).not_to_be_empty()
        expect(page.locator("#hint")).to_be_hidden()
        page.mouse.click(300, 780)
        expect(page.locator("#details")).to_be_hidden()


def test_find_goes_to_a_symbol_and_shows_its_words(opened):
    symbol = busy_symbol()[0]
    with opened() as page:
        find(page, symbol.qualified_name)
        page.locator("#found [role=option]").first.click()
        expect(page.locator("#details h2")).to_have_text(symbol.name)
        expect(page.locator("#details .head .path")).to_have_text(f"{symbol.path}:{symbol.start_line}")
        expect(section(page, "Signature").locator("p")).to_have_text(symbol.signature)
        expect(section(page, "Documentation").locator("p")).to_have_text(symbol.doc)
        expect(page.locator("#details .code .text")).to_contain_text(f"def {symbol.name}(self")
        expect(page.locator("#found")).to_be_hidden()
        assert unquote(page.url).endswith(f"#symbol={symbol.qualified_name}")


def test_find_takes_the_end_of_a_qualified_name_for_a_name(opened):
    symbol = busy_symbol()[0]
    tail = ".".join(symbol.qualified_name.split(".")[-2:])
    with opened() as page:
        find(page, tail)
        expect(page.locator("#found [role=option] .name").first).to_have_text(symbol.name)
        page.keyboard.press("Enter")
        expect(page.locator("#details h2")).to_have_text(symbol.name)


def test_find_marks_the_words_and_says_when_there_is_nothing(opened):
    with opened() as page:
        find(page, "load header")
        marks = page.locator("#found [role=option]").first.locator(".name mark, .where mark").all_inner_texts()
        assert {mark.lower() for mark in marks} == {"load", "header"}
        page.locator("#query").fill("nothing is called like that")
        expect(page.locator("#found")).to_contain_text("Nothing is called that.")
        expect(page.locator("#status")).to_have_text("0 results")
        page.locator("#query").fill("")
        expect(page.locator("#found")).to_be_hidden()


def test_find_knows_topics_files_and_headings(opened):
    with opened() as page:
        for words, kind in (("routing and dispatch", "topic"), ("route_0.py", "file"), ("About the", "text")):
            find(page, words)
            expect(page.locator("#found [role=option] .kind").first).to_have_text(kind)


def test_callers_and_callees_are_listed_and_one_can_go_there_and_back(opened):
    symbol, callers, callees = busy_symbol()
    with opened() as page:
        find(page, symbol.qualified_name)
        page.keyboard.press("Enter")
        expect(page.locator("#details h2")).to_have_text(symbol.name)
        assert sorted(names_in(page, "Called by")) == sorted(each.name for each in callers)
        assert sorted(names_in(page, "Calls")) == sorted(each.name for each in callees)
        expect(section(page, "Called by").locator(".stroke.into")).to_be_visible()
        expect(section(page, "Calls").locator(".stroke.out")).to_be_visible()
        caller = section(page, "Called by").locator(".jumps button").first
        name, where = caller.locator(".name").inner_text(), caller.locator(".where").inner_text()
        caller.click()
        expect(page.locator("#details .head .path")).to_contain_text(where)
        expect(page.locator("#details h2")).to_have_text(name)
        assert symbol.name in names_in(page, "Calls")
        page.go_back()
        expect(page.locator("#details .head .path")).to_have_text(f"{symbol.path}:{symbol.start_line}")


def test_line_numbers_stand_beside_their_lines(opened):
    with opened(link="#at=src/harbour/routing/route_0.py:1") as page:
        expect(page.locator("#details .code .numbers")).to_contain_text("1\n2\n3")
        # The text of each column, measured as the browser has laid it out: their rows are equally high.
        heights = page.evaluate(
            """() => [...document.querySelectorAll(".code pre")].map((each) => {
              const range = document.createRange();
              range.selectNodeContents(each);
              return range.getBoundingClientRect().height;
            })"""
        )
        assert abs(heights[0] - heights[1]) < 1


def test_topics_are_listed_the_largest_first_and_named_on_the_map(opened):
    with opened() as page:
        sizes = [int(size) for size in page.locator("#topic-list .size").all_inner_texts()]
        assert sizes == sorted(sizes, reverse=True) and sum(sizes) == 200
        labels = page.locator("#topic-list .label").all_inner_texts()
        assert "routing and dispatch" in labels
        names = inked(page, "map")
        page.locator("#topic-list button").first.click()
        expect(page.locator("#details h2")).to_have_text(labels[0])
        expect(page.locator("#topic-list button").first).to_have_attribute("aria-pressed", "true")
        assert names > 1000
        section(page, "Best examples").locator(".jumps button").first.click()
        expect(page.locator("#details .chip")).to_contain_text(labels[0])
        expect(page.locator("#details .code")).to_be_visible()
        page.locator("#details .chip").click()
        expect(page.locator("#details .badge").first).to_have_text("topic")


def test_long_lists_show_more_when_asked(opened):
    with opened(link="#topic=0") as page:
        rows = section(page, "Best examples").locator(".jumps button:not(.more)")
        expect(rows).to_have_count(24)
        section(page, "Best examples").locator(".more").click()
        assert rows.count() > 24
        expect(rows.nth(24)).to_be_focused()


def test_the_map_can_be_coloured_otherwise(opened):
    with opened() as page:
        seen = {pixels(page)}
        for mode, word in (("folder", "parsing"), ("language", "python"), ("centrality", "central")):
            page.get_by_label("Colour by").select_option(mode)
            expect(page.locator("#legend")).to_contain_text(word)
            seen.add(pixels(page))
        assert len(seen) == 4
        page.get_by_label("Colour by").select_option("topic")
        expect(page.locator("#legend")).to_be_hidden()
        assert pixels(page) in seen


def test_light_and_dark_are_one_click_apart(opened):
    with opened() as page:
        light = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        page.get_by_role("button", name="Dark").click()
        expect(page.get_by_role("button", name="Light")).to_be_visible()
        assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != light


def test_the_keyboard_alone_finds_opens_steps_and_closes(opened):
    with opened() as page:
        page.keyboard.press("/")
        expect(page.locator("#query")).to_be_focused()
        page.keyboard.type("load")
        expect(page.locator("#found0")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#found1")).to_have_attribute("aria-selected", "true")
        expect(page.locator("#query")).to_have_attribute("aria-activedescendant", "found1")
        name = page.locator("#found1 .name").inner_text()
        page.keyboard.press("Enter")
        expect(page.locator("#details h2")).to_have_text(name)
        expect(page.locator("#details")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#details")).to_be_hidden()
        expect(page.locator("#map")).to_be_focused()


def test_the_map_is_walked_with_keys(opened):
    with opened() as page:
        page.locator("#map").focus()
        page.keyboard.press("0")
        before = pixels(page)
        for key in ("ArrowLeft", "+"):
            page.keyboard.press(key)
            assert pixels(page) != before
        page.keyboard.press("0")
        assert pixels(page) == before
        page.keyboard.press(".")
        first = page.locator("#tip strong").inner_text(), page.locator("#tip span:not(.group)").inner_text()
        page.keyboard.press(".")
        expect(page.locator("#tip span:not(.group)")).not_to_have_text(first[1])
        page.keyboard.press(",")
        expect(page.locator("#tip span:not(.group)")).to_have_text(first[1])
        expect(page.locator("#status")).to_have_text(f"{first[0]}, {first[1]}")
        page.keyboard.press("Enter")
        expect(page.locator("#details h2")).to_have_text(first[0])
        expect(page.locator("#details")).to_be_focused()


def test_who_walks_with_keys_sees_where_the_middle_is(opened):
    with opened() as page:
        page.keyboard.press("/")
        page.keyboard.press("Escape")
        page.locator("#map").focus()
        page.keyboard.press("ArrowLeft")
        settled(page)
        cross = page.locator("#cross").bounding_box()
        topics = page.locator("#topics").bounding_box()
        middle = (topics["x"] + topics["width"] + 1280) / 2
        assert abs(cross["x"] + cross["width"] / 2 - middle) < 12


def test_a_link_opens_what_it_names_and_one_that_leads_nowhere_opens_nothing(opened):
    symbol = busy_symbol()[0]
    with opened(link=f"#symbol={symbol.qualified_name}") as page:
        expect(page.locator("#details h2")).to_have_text(symbol.name)
    for link in ("#symbol=no.such", "#at=nowhere.py:3", "#topic=99", "#%E0%A4%A", "#&&=", "#topic=__proto__"):
        with opened(link=link) as page:
            expect(page.locator("#details")).to_be_hidden()


def test_about_says_where_it_all_came_from_and_closes(opened):
    with opened() as page:
        page.get_by_role("button", name="About").click()
        dialog = page.locator("#about-dialog")
        for words in ("https://example.org/acme/harbour.git", "4b825dc6" * 5, "all-MiniLM-L6-v2 ·", "minified"):
            expect(dialog).to_contain_text(words)
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_be_hidden()
        page.get_by_role("button", name="About").click()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


@pytest.mark.parametrize("hostile", [False, True])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(opened, hostile):
    kinds = {"hostile": True} if hostile else {}
    with opened(60, phone=True, **kinds) as page:
        assert no_overflow(page)
        find(page, "window" if hostile else "load")
        assert no_overflow(page)
        page.locator("#found [role=option]").last.click()
        expect(page.locator("#details h2")).to_be_visible()
        assert no_overflow(page)
        panel = page.locator("#details").bounding_box()
        assert panel["x"] >= 0 and panel["x"] + panel["width"] <= 390
        page.get_by_role("button", name="Close the details").tap()
        page.locator("#show-topics").tap()
        expect(page.locator("#topics")).to_be_visible()
        assert no_overflow(page)
        page.locator("#topic-list button").first.tap()
        expect(page.locator("#details")).to_be_visible()
        expect(page.locator("#topics")).to_be_hidden()
        page.locator("#show-about").tap()
        expect(page.locator("#about-dialog")).to_be_visible()
        assert no_overflow(page)


def test_a_tap_on_a_point_opens_it(opened):
    with opened(60, phone=True) as page:
        page.touchscreen.tap(*spot_of(page))
        expect(page.locator("#details .code .text")).not_to_be_empty()


def test_without_vectors_it_goes_by_folder(opened):
    with opened(embedded=False) as page:
        expect(page.locator("#topics h2")).to_have_text(re.compile(r"^Folders · \d+$"))
        expect(page.get_by_label("Colour by").locator("option")).to_have_text(["Folder", "Language", "Centrality"])
        expect(page.locator("#facts")).to_contain_text("folders")
        page.locator("#topic-list button").first.click()
        expect(page.locator("#details .badge").first).to_have_text("folder")
        expect(section(page, "Written in")).to_contain_text("python")
        section(page, "Best examples").locator(".jumps button").first.click()
        expect(page.locator("#details .code .text")).not_to_be_empty()
        page.get_by_role("button", name="About").click()
        expect(page.locator("#about-dialog")).to_contain_text("none: laid out by folder")
        expect(page.locator("#about-dialog")).to_contain_text("Folders")


def test_an_empty_docpack_says_that_there_is_nothing(opened):
    with opened(0, embedded=False) as page:
        expect(page.locator("#notice")).to_have_text("There is nothing on this map.")
        expect(page.locator("#topics")).to_be_hidden()
        page.locator("#query").fill("a")
        expect(page.locator("#found")).to_contain_text("Nothing is called that.")


def test_two_thousand_points_are_as_usable_as_sixty(opened):
    with opened(2000) as page:
        assert inked(page, "points") > 5000
        page.mouse.move(*spot_of(page))
        expect(page.locator("#tip")).to_be_visible()
        find(page, "load")
        expect(page.locator("#found [role=option]")).to_have_count(40)
        page.keyboard.press("Enter")
        expect(page.locator("#details .code .text")).not_to_be_empty()
        before = pixels(page)
        page.get_by_role("button", name="Zoom in").click()
        assert pixels(page) != before


def test_a_hostile_repository_does_nothing_but_be_read(opened):
    with opened(hostile=True) as page:
        unharmed(page)
        for skip in range(4):
            spot = spot_of(page, skip)
            page.mouse.move(*spot)
            expect(page.locator("#tip")).to_be_visible()
            page.mouse.click(*spot)
            expect(page.locator("#details .code .text")).not_to_be_empty()
            unharmed(page)
            page.keyboard.press("Escape")
            expect(page.locator("#details")).to_be_hidden()
        for words in ("canary", "<script", "__proto__", "{{", "\\", "javascript:"):
            page.locator("#query").fill(words)
            expect(page.locator("#found")).to_be_visible()
            unharmed(page)
            page.keyboard.press("Enter")
        for number in range(page.locator("#topic-list button").count()):
            page.locator("#topic-list button").nth(number).click()
            expect(page.locator("#topic-list button").nth(number)).to_have_attribute("aria-pressed", "true")
        unharmed(page)
        section(page, "Best examples").locator(".jumps button").first.click()
        expect(page.locator("#details .code")).to_be_visible()
        for mode in ("folder", "language", "centrality"):
            page.get_by_label("Colour by").select_option(mode)
            unharmed(page)
        page.locator("#show-about").click()
        expect(page.locator("#about-dialog")).to_contain_text("javascript:window.canary='manifest'//</script>")
        unharmed(page)
        page.keyboard.press("Escape")


def test_hostile_text_is_shown_as_what_it_is(opened):
    with opened(hostile=True) as page:
        expect(page.locator("#name")).to_have_text("</script><script>window.canary='script'</script>")
        labels = page.locator("#topic-list .label").all_inner_texts()
        assert any("window.canary" in label for label in labels)
        # Characters that would turn round or hide what follows are named instead.
        shown = page.locator("#topic-list").inner_text()
        assert "[U+202E]gnp.exe" in shown or "[U+2028]window.canary" in shown
        assert not re.search("[\u0000-\u0008\u200b-\u200f\u2028-\u202e\u2066-\u2069]", shown)


def test_a_link_into_a_hostile_repository_comes_back_to_the_same_place(opened):
    with opened(hostile=True, link="#topic=0") as page:
        section(page, "Best examples").locator(".jumps button").first.click()
        expect(page.locator("#details .code")).to_be_visible()
        where, url = page.locator("#details .head .path").inner_text(), page.url
    with opened(hostile=True, link="#" + url.partition("#")[2]) as page:
        expect(page.locator("#details .head .path")).to_have_text(where)
        unharmed(page)


def test_even_a_script_of_our_own_could_make_no_markup_load_nothing_and_send_nothing(opened):
    # The browser says on the console what it refuses, so this page is not quiet.
    with opened(60, quiet=False) as page:
        refused = page.evaluate(
            """async () => {
              const refused = {};
              try { document.body.innerHTML = "<b>x</b>"; } catch (error) { refused.markup = error.name; }
              const script = document.createElement("script");
              try { script.text = "window.canary = 1"; } catch (error) { refused.text = error.name; }
              const heard = new Promise((done) => document.addEventListener("securitypolicyviolation", (event) => {
                if (event.effectiveDirective === "img-src") done(event.effectiveDirective);
              }));
              document.body.append(Object.assign(document.createElement("img"), { src: "picture.png" }));
              refused.picture = await heard;
              return refused;
            }"""
        )
        assert refused == {"markup": "TypeError", "text": "TypeError", "picture": "img-src"}
