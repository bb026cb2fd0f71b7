//! Sends frames over a wire.

#[path = "wire_format.rs"]
mod codec;
mod net;

mod limits {
    pub const MAX: usize = 8;

    pub fn clamp(n: usize) -> usize {
        n.min(MAX)
    }

    pub mod strict {
        pub fn clamp(n: usize) -> usize {
            super::clamp(n) / floor()
        }

        fn floor() -> usize {
            2
        }
    }
}

fn main() {
    let frame = codec::encode("hello");
    let mut link = net::connect("local");
    link.send(&frame);
    println!("{}", describe(link.sent()));
    println!("{}", net::tcp::port(limits::strict::clamp(20)));
}

fn describe(n: usize) -> String {
    let limited = limits::clamp(n);
    codec::decode(&codec::encode(&limited.to_string()))
}
