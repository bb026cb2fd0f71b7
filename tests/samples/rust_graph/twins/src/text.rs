pub fn trim(input: &str) -> String {
    input.trim().to_string()
}

#[allow(dead_code)]
pub fn take(input: &str) -> String {
    parse::trim(input)
}

pub mod parse {
    pub fn trim(input: &str) -> String {
        super::trim(&input[..1])
    }
}
