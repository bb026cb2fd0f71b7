//! Seen from outside.

use cache::keys::{self, check};
use cache::Cache;

mod common;

fn filled(n: usize) -> Cache {
    let mut cache = Cache::new(n);
    for key in common::names(n) {
        cache.put(&key);
    }
    cache
}

#[test]
fn keeps_to_the_limit() {
    let cache = filled(3);
    let n = cache.len();
    assert_eq!(n, 3);
    common::check(n);
}

#[test]
fn knows_clean_keys() {
    let ok = check(&keys::clean("B"));
    assert!(ok);
}
