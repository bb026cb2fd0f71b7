//! Macros that the crate uses.

macro_rules! list {
    () => { Vec::<String>::new() };
    ($($item:expr),+) => {{
        let mut out = Vec::new();
        $(out.push($crate::helpers::owned($item));)+
        out
    }};
}

macro_rules! bump {
    ($counter:expr, $by:expr) => {
        $counter.add($by)
    };
}

macro_rules! say {
    ($($arg:tt)*) => {
        println!($($arg)*)
    };
}

macro_rules! make_getter {
    ($name:ident, $value:expr) => {
        fn $name() -> &'static str {
            $value
        }
    };
}

pub fn owned(text: &str) -> String {
    text.to_string()
}
