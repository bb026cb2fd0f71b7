use crate::paint::{self, fill as flood};
use crate::prelude::*;
use crate::tools::fine::trim as fine_trim;

pub fn line(n: u32) -> u32 {
    flood(n) + trim(n)
}

pub fn curve(n: u32) -> u32 {
    let mut brush = paint::Brush::new(n);
    brush.stroke(fine_trim(n))
}

pub fn tool(n: u32) -> u32 {
    let mut tool = Tool::new(n);
    tool.stroke(fill(n))
}

fn fill(n: u32) -> u32 {
    use super::tools::scale as larger;
    larger(n) + paint::fill(n)
}
