"""What is particular to JavaScript and TypeScript in resolution: modules by file, and what the language has itself."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from doctown.ingest import rules
from doctown.ingest.facts import EXPORTS, MODULE, Imported, ProjectFile
from doctown.ingest.javascript.exports import WHOLE
from doctown.ingest.javascript.modules import Modules
from doctown.ingest.plain.language import Caller, Language
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.values import At, Found, Outside, OutsideInstance, Several, Space, Value


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GLOBALS = _words(
    "AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt Blob Boolean Buffer Bun CustomEvent "
    "DOMParser DataView Date Deno Error EvalError Event EventTarget File FileReader FinalizationRegistry Float32Array "
    "Float64Array FormData Function Headers Int16Array Int32Array Int8Array Intl IntersectionObserver Iterator JSON "
    "Map Math MessageChannel MutationObserver Number Object Promise Proxy RangeError ReadableStream Record "
    "ReferenceError Reflect RegExp Request ResizeObserver Response Set SharedArrayBuffer String Symbol SyntaxError "
    "TextDecoder TextEncoder TransformStream TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array "
    "Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket Worker WritableStream XMLHttpRequest "
    "alert atob btoa cancelAnimationFrame clearImmediate clearInterval clearTimeout confirm console crypto "
    "customElements decodeURI decodeURIComponent document encodeURI encodeURIComponent escape eval fetch global "
    "globalThis history indexedDB isFinite isNaN localStorage location navigator parseFloat parseInt performance "
    "process prompt queueMicrotask requestAnimationFrame require sessionStorage setImmediate setInterval setTimeout "
    "structuredClone unescape window "
    "Iterable AsyncIterable AsyncIterator ArrayLike Element HTMLElement Node PromiseLike ReadonlyArray ReadonlyMap "
    "ReadonlySet IterableIterator Generator AsyncGenerator "
    "after afterAll afterEach before beforeAll beforeEach context describe expect it jest suite test"
)
"""What is named without being brought in: by the language, the browser, Node, or whatever runs tests."""
_OF_KEYS = _words("Map ReadonlyMap Record")
_LISTS = _words("concat slice filter reverse sort toReversed toSorted toSpliced splice values flat fill")


class JavaScript(Language):
    """A module is a file, seen by others through what it exports."""

    languages: ClassVar[frozenset[str]] = _words("javascript typescript tsx")
    constructors: ClassVar[tuple[str, ...]] = ("constructor",)
    called_types: ClassVar[frozenset[str]] = frozenset({"class"})
    gives_function: ClassVar[frozenset[str]] = frozenset({"call", "apply"})
    promises: ClassVar[frozenset[str]] = frozenset({"Promise", "PromiseLike"})
    collections: ClassVar[Mapping[str, str]] = {"list": "Array"}
    gives_element: ClassVar[frozenset[str]] = _words("at find findLast pop shift get next")
    gives_itself: ClassVar[frozenset[str]] = _words("entries catch finally add set")
    common_methods: ClassVar[frozenset[str]] = _words(
        "addEventListener removeEventListener appendChild removeChild querySelector querySelectorAll getAttribute "
        "setAttribute hasOwnProperty toLocaleString toISOString getElementById createElement insertBefore "
        "removeListener removeAllListeners preventDefault stopPropagation charCodeAt codePointAt startsWith endsWith "
        "forEach indexOf lastIndexOf toLowerCase toUpperCase toString"
    )

    def __init__(self, tables: Tables, project_files: Sequence[ProjectFile]) -> None:
        super().__init__(tables, project_files)
        self._modules = Modules([file.path for file in tables.files], project_files)

    def imported(self, file: int, scope: int, of: Imported) -> Sequence[Value]:
        """What the file that is meant exports; with no name of a module, what this file does."""
        found = self._modules.at(file, of.module) if of.module else file
        if found is None:
            return ()
        return (Outside(found) if isinstance(found, str) else Space(((found, EXPORTS),)),)

    def modules_of(self, file: int, space: Space) -> Sequence[At]:
        """The files themselves."""
        return [(at[0], MODULE) for at in space.scopes if at[1] == EXPORTS]

    def unbound(self, file: int, scope: int, name: str) -> Sequence[Found]:
        """What is there without being brought in."""
        return [Found(Outside(name), rules.BUILTIN)] if name in _GLOBALS else []

    def outside_member(self, of: Value, name: str) -> Sequence[Value] | None:
        """Of a module outside, all of it or its default is taken for itself."""
        if isinstance(of, Outside) and (name in ("default", WHOLE) or of.name in ("globalThis", "window", "global")):
            return (of,) if name in ("default", WHOLE) else (Outside(name),)
        return None

    def outside_result(
        self, of: Outside | OutsideInstance, name: str, given: Sequence[Sequence[Value]], called: Caller
    ) -> Sequence[Value] | None:
        """What the methods of collections give that give one, or something of it."""
        if isinstance(of, OutsideInstance):
            if of.keys and name == "keys":
                return (OutsideInstance("Array", of.keys),)
            if of.elements and name in _LISTS and of.name != "Promise":
                return (OutsideInstance("Array", of.elements),)
        return super().outside_result(of, name, given, called)

    def outside_elements(self, of: OutsideInstance) -> Sequence[Value]:
        """Of a map, keys with what they stand for."""
        return (Several((of.keys, of.elements)),) if of.keys and of.name in _OF_KEYS - {"Record"} else of.elements
