pub fn scale(n: u32) -> u32 {
    n * factor()
}

pub fn trim(n: u32) -> u32 {
    n.saturating_sub(factor())
}

fn factor() -> u32 {
    2
}

pub mod fine {
    use super::*;

    pub fn trim(n: u32) -> u32 {
        scale(n) - factor()
    }
}
