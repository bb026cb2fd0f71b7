//! Keys.

pub fn clean(key: &str) -> String {
    lower(key.trim())
}

fn lower(key: &str) -> String {
    key.to_lowercase()
}

pub fn check(key: &str) -> bool {
    clean(key) == key
}

#[cfg(test)]
mod tests {
    use super::{check, lower};

    #[test]
    fn cleans() {
        let low = lower("A");
        let ok = check(&low);
        assert!(ok);
    }

    mod deeper {
        use super::super::clean;

        #[test]
        fn cleans() {
            let text = clean(" x ");
            assert_eq!(text.len(), 1);
        }
    }
}
