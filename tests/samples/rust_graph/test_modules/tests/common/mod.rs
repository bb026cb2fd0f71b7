//! What the tests share.

pub fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| name(i)).collect()
}

pub fn check(n: usize) {
    assert!(n > 0);
}

fn name(i: usize) -> String {
    format!("k{i}")
}
