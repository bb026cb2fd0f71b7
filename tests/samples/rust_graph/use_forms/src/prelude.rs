pub use crate::draw::line;
pub use crate::tools::trim;
pub use crate::Tool;
