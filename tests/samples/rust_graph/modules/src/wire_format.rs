//! The file's name is not the module's.

pub fn encode(text: &str) -> Vec<u8> {
    let mut out = header(text.len());
    out.extend(text.bytes());
    out
}

pub fn decode(frame: &[u8]) -> String {
    body::text(&frame[1..])
}

fn header(n: usize) -> Vec<u8> {
    vec![crate::limits::clamp(n) as u8]
}

mod body {
    pub fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }
}
