"""Without vectors the map goes by folder: every chunk has its own place in the square, folders lie apart."""

from hypothesis import given
from hypothesis import strategies as st

from doctown.model import Chunk, chunk_id
from doctown.page.folders import ENOUGH_FOLDERS, map_by_folder

PARTS = st.sampled_from(["a", "b", "src", "__proto__", "docs", "</script>"])
PATHS = st.lists(PARTS, min_size=1, max_size=4).map(lambda parts: "/".join([*parts[:-1], f"{parts[-1]}.py"]))


def chunks_of(*paths):
    return [
        Chunk(chunk_id(path, "x", at), path, "python", 1, 2, 10 * at, 10 * at + 5, (), 3, "x")
        for at, path in enumerate(paths)
    ]


def boxes_of(chunks, drawn):
    """Of each folder the box (left, right, top, bottom) in which its points lie."""
    boxes = {}
    for chunk, point in zip(chunks, drawn["points"], strict=True):
        boxes.setdefault(chunk.path.rpartition("/")[0], []).append((point["x"], point["y"]))
    return {
        folder: (min(x for x, _ in at), max(x for x, _ in at), min(y for _, y in at), max(y for _, y in at))
        for folder, at in boxes.items()
    }


@given(st.lists(PATHS, max_size=40))
def test_every_chunk_has_a_place_of_its_own_in_the_square(paths):
    chunks = chunks_of(*paths)
    drawn = map_by_folder(chunks)[1]
    assert [point["chunk_id"] for point in drawn["points"]] == [chunk.id for chunk in chunks]
    places = {(point["x"], point["y"]) for point in drawn["points"]}
    assert len(places) == len(chunks)
    assert all(0 < x < 1 and 0 < y < 1 for x, y in places)


@given(st.lists(PATHS, max_size=40))
def test_every_chunk_is_in_one_folder_and_every_folder_knows_its_size(paths):
    chunks = chunks_of(*paths)
    clusters, drawn = map_by_folder(chunks)
    sizes = [cluster["size"] for cluster in clusters["clusters"]]
    assert sizes == sorted(sizes, reverse=True) and sum(sizes) == len(chunks)
    for number, cluster in enumerate(clusters["clusters"]):
        members = {point["chunk_id"] for point in drawn["points"] if point["cluster"] == number}
        assert cluster["id"] == number and len(members) == cluster["size"]
        assert set(cluster["representative"]) <= members and cluster["representative"]


@given(st.lists(PATHS, max_size=40))
def test_labels_lie_in_the_middle_of_their_folders(paths):
    clusters, drawn = map_by_folder(chunks_of(*paths))
    assert [label["cluster"] for label in drawn["labels"]] == [cluster["id"] for cluster in clusters["clusters"]]
    for label in drawn["labels"]:
        members = [point for point in drawn["points"] if point["cluster"] == label["cluster"]]
        for axis in "xy":
            within = [point[axis] for point in members]
            assert min(within) - 1e-9 <= label[axis] <= max(within) + 1e-9


@given(st.lists(PATHS, max_size=40))
def test_no_two_folders_share_a_name(paths):
    labels = [cluster["label"] for cluster in map_by_folder(chunks_of(*paths))[0]["clusters"]]
    assert len(set(labels)) == len(labels)


@given(st.permutations(chunks_of("a/x.py", "a/y.py", "b/x.py", "b/c/z.py", "top.py", "a/x.py")))
def test_places_do_not_depend_on_the_order_of_the_rows(chunks):
    def places(rows):
        return {point["chunk_id"]: (point["x"], point["y"]) for point in map_by_folder(rows)[1]["points"]}

    assert places(chunks) == places(sorted(chunks, key=lambda chunk: chunk.id))


def test_no_chunks_make_an_empty_map():
    assert map_by_folder([]) == ({"clusters": [], "memberships": []}, {"points": [], "labels": []})


def test_one_chunk_lies_in_the_middle():
    clusters, drawn = map_by_folder(chunks_of("readme.md"))
    assert (drawn["points"][0]["x"], drawn["points"][0]["y"]) == (0.5, 0.5)
    assert clusters["clusters"][0]["label"] == "top folder"


def test_two_folders_of_equal_size_are_two_boxes_that_do_not_touch():
    chunks = chunks_of(*(f"a/{n}.py" for n in range(8)), *(f"b/{n}.py" for n in range(8)))
    boxes = boxes_of(chunks, map_by_folder(chunks)[1])
    within = max(boxes["a"][1] - boxes["a"][0], boxes["b"][1] - boxes["b"][0]) / 3
    assert boxes["b"][0] - boxes["a"][1] > within


def test_folders_are_looked_for_deeper_until_there_are_enough():
    chunks = chunks_of(*(f"src/town/part{n}/deep/{m}.py" for n in range(ENOUGH_FOLDERS) for m in range(2)))
    labels = [cluster["label"] for cluster in map_by_folder(chunks)[0]["clusters"]]
    assert sorted(labels) == [f"part{n}/" for n in range(ENOUGH_FOLDERS)]


def test_a_folder_says_in_which_languages_it_is_written():
    chunks = [*chunks_of("a/x.py"), Chunk("c", "a/y.md", "markdown", 1, 2, 0, 5, (), 3, "x")]
    assert map_by_folder(chunks)[0]["clusters"][0]["keywords"] == ["markdown", "python"]
