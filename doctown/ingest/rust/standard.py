"""What Rust's own library gives, as far as it holds or gives back what is of the repository."""

from collections.abc import Mapping, Sequence

from doctown.ingest.plain.language import Caller
from doctown.ingest.plain.values import Function, Outside, OutsideInstance, Several, Thing, Value


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRIMITIVES = _words("bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize")
PRELUDE: Mapping[str, str] = {
    "Vec": "std.vec.Vec",
    "String": "std.string.String",
    "Box": "std.boxed.Box",
    "Option": "std.option.Option",
    "Result": "std.result.Result",
    "Some": "std.option.Option.Some",
    "None": "std.option.Option.None",
    "Ok": "std.result.Result.Ok",
    "Err": "std.result.Result.Err",
    "drop": "std.mem.drop",
    **{name: f"std.iter.{name}" for name in ("Iterator", "IntoIterator", "Extend", "DoubleEndedIterator")},
    **{name: f"std.convert.{name}" for name in ("From", "Into", "TryFrom", "TryInto", "AsRef", "AsMut")},
    **{name: f"std.ops.{name}" for name in ("Fn", "FnMut", "FnOnce", "Drop")},
    **{name: f"std.marker.{name}" for name in ("Copy", "Send", "Sized", "Sync", "Unpin")},
    **{name: f"std.cmp.{name}" for name in ("PartialEq", "Eq", "PartialOrd", "Ord")},
    "Clone": "std.clone.Clone",
    "Default": "std.default.Default",
    "ToString": "std.string.ToString",
    "ToOwned": "std.borrow.ToOwned",
}
MACROS = _words(
    "assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq debug_assert_ne env "
    "eprint eprintln file format format_args include include_bytes include_str line matches module_path option_env "
    "panic print println stringify thread_local todo unimplemented unreachable vec write writeln"
)
CRATES = _words("std core alloc proc_macro test")

WIDENED: Mapping[str, str] = {"std.string.String": "std.str"}
"""Types that have the members of another as well."""
_AS_HELD = _words("Box Rc Arc Pin Cow Ref RefMut MutexGuard RwLockReadGuard RwLockWriteGuard ManuallyDrop Weak NonNull")
"""Types that are taken as what they hold: it is that which has the members."""
_MAPS = _words("HashMap BTreeMap IndexMap FxHashMap DashMap")
_MAKE_HELD = _words("new from clone pin downgrade")
_MAKE_HOLDER = _words("new from clone with_capacity Some Ok from_iter")

GIVES_ELEMENT = _words(
    "unwrap expect unwrap_or unwrap_or_else unwrap_or_default unwrap_unchecked borrow borrow_mut get_or_insert_with "
    "or_insert or_insert_with or_default swap_remove remove_at into_inner get_or_init insert_entry index map_or_default"
)
GIVES_SAME = _words(
    "as_deref as_deref_mut as_mut as_ref borrow borrow_mut by_ref clone cloned default deref deref_mut into_owned "
    "iter iter_mut into_iter to_owned"
)
GIVES_ITSELF = _words(
    "and as_deref as_deref_mut as_mut as_ref as_slice as_mut_slice back back_mut by_ref chain clone cloned collect "
    "copied cycle difference entry err filter find first first_mut front front_mut fuse get get_mut inspect "
    "into_iter into_values iter iter_mut last last_mut last_key_value lock max_by max_by_key min max min_by min_by_key "
    "next next_back next_if nth ok ok_or ok_or_else or or_else peek peekable pop pop_back pop_front read recv remove "
    "replace rev skip skip_while sorted split_off step_by take take_while to_owned to_vec try_lock upgrade values "
    "values_mut write drain into_sorted_vec iter_mut map_err reduce union intersection unwrap_err try_recv retain "
    "and_modify into_boxed_slice extend wait into_future as_pin_mut"
)

COMMON_METHODS = _words(
    "as_raw_fd checked_add checked_div checked_mul checked_pow checked_rem checked_sub compare_exchange "
    "compare_exchange_weak fetch_add fetch_and fetch_or fetch_sub fetch_update from_raw_fd into_raw_fd is_end_stream "
    "local_addr overflowing_add overflowing_sub peer_addr saturating_add saturating_mul saturating_sub "
    "set_nonblocking try_for_each try_with wrapping_add wrapping_mul wrapping_sub "
    "as_bytes as_deref as_mut_ptr as_pin_mut as_pin_ref as_slice build_hasher chars_rev clone_from clone_into "
    "from_bytes from_iter "
    "from_raw_parts from_str from_utf8 get_unchecked into_boxed into_bytes into_inner into_iter into_parts "
    "into_string is_ascii is_empty is_terminated next_back poll_close poll_flush poll_next poll_read poll_ready "
    "poll_shutdown poll_write read_exact read_line read_to_end read_to_string set_flags shrink_to_fit size_hint "
    "start_send to_bytes to_owned to_string to_tokens to_vec try_from try_into try_lock try_recv try_send "
    "unwrap_or unwrap_or_else with_capacity write_all write_char write_fmt write_str write_vectored "
    "partial_cmp and_then from_slice as_any as_any_mut type_name is_some is_none is_ok"
)
"""Names that say nothing of whose method is meant."""


def instances_of(of: Outside, arguments: Sequence[tuple[Value, ...]]) -> Sequence[Value]:
    """What is of an outside type with those arguments."""
    last = of.name.rpartition(".")[2]
    if last in _AS_HELD and arguments:
        return arguments[0]
    if last == "Result" and arguments:
        return [OutsideInstance(of.name, arguments[0], arguments[1] if len(arguments) > 1 else ())]
    if last in _MAPS and len(arguments) > 1:
        return [OutsideInstance(of.name, arguments[1], arguments[0])]
    return [OutsideInstance(of.name, arguments[0] if arguments else ())]


def result_of(
    of: Outside | OutsideInstance, name: str, given: Sequence[Sequence[Value]], called: Caller
) -> Sequence[Value] | None:
    """What a call of `of.name` gives, or of `of` where there is no name; None: nothing particular."""
    first = tuple(given[0]) if given else ()
    if isinstance(of, Outside):
        return _made(of.name if not name else f"{of.name}.{name}", first)
    functions = [one for values in given for one in values if isinstance(one, Thing | Function)]
    results = tuple(dict.fromkeys(made for one in functions for made in called(one)))
    match name:
        case "map" | "filter_map" | "map_while" | "scan":
            held = _within(results) if name in ("filter_map", "map_while") else results
            return [OutsideInstance("std.iter.Map", held, of.keys)]
        case "and_then" | "flat_map":
            return results
        case "map_or" | "map_or_else" | "fold":
            return results or first
        case "enumerate":
            return [OutsideInstance("std.iter.Enumerate", (Several(((OutsideInstance("std.usize"),), of.elements)),))]
        case "zip":
            other = tuple(value for one in first if isinstance(one, OutsideInstance) for value in one.elements)
            return [OutsideInstance("std.iter.Zip", (Several((of.elements, other)),))]
        case "iter" | "iter_mut" | "into_iter" | "drain" if _is_map(of):
            return [OutsideInstance("std.iter.Iter", (Several((of.keys, of.elements)),))]
        case "keys" | "into_keys":
            return [OutsideInstance("std.iter.Keys", of.keys)]
        case "err" | "unwrap_err":
            return of.keys if name == "unwrap_err" else [OutsideInstance("std.option.Option", of.keys)]
    if of.elements and name in GIVES_ELEMENT:
        return of.elements
    return [of] if (of.elements or of.keys) and name in GIVES_ITSELF else None


def elements_of(of: OutsideInstance) -> Sequence[Value]:
    """What a loop goes through."""
    return [Several((of.keys, of.elements))] if _is_map(of) else of.elements


def _is_map(of: OutsideInstance) -> bool:
    return of.name.rpartition(".")[2] in _MAPS


def _within(values: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(held for one in values if isinstance(one, OutsideInstance) for held in one.elements)


def _made(name: str, first: tuple[Value, ...]) -> Sequence[Value] | None:
    """What a function of an outside type makes of its first argument."""
    of, _, last = name.rpartition(".")
    kind = of.rpartition(".")[2]
    if kind in _AS_HELD and last in _MAKE_HELD:
        return first
    if last == "Err":
        return [OutsideInstance("std.result.Result", (), first)]
    if first and last in _MAKE_HOLDER and kind[:1].isupper():
        held = _within(first) if last in ("from", "clone", "from_iter") else first
        return [OutsideInstance(of, held)]
    return None
