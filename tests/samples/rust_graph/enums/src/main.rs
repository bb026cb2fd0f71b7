mod expr;
mod state;

use expr::Expr::{self, Add, Num};
use state::{Event, State};

fn main() {
    let mut state = State::default();
    for event in [Event::Coin(5), Event::Push, Event::Coin(1)] {
        state = state.next(&event);
    }
    println!("{} {}", state.label(), state.is_open());
    let e = Add(Box::new(Num(2)), Box::new(Expr::negative(3)));
    println!("{} {}", e.eval(), depth(&e));
    println!("{}", describe(Some(State::Open { coins: 2 })));
}

fn depth(e: &Expr) -> u32 {
    match e {
        Expr::Num(_) => leaf(),
        Add(l, r) => 1 + depth(l).max(depth(r)),
        Expr::Neg(inner) => 1 + depth(inner),
    }
}

fn leaf() -> u32 {
    1
}

fn describe(state: Option<State>) -> String {
    match state {
        Some(s) if s.is_open() => s.label().to_string(),
        Some(State::Broken(why)) => why.text(),
        Some(other) => other.next(&Event::Push).label().to_string(),
        None => String::new(),
    }
}
