use std::num::ParseIntError;

pub struct Error {
    what: String,
}

impl Error {
    pub fn new(what: &str) -> Self {
        Error { what: what.to_string() }
    }

    pub fn message(&self) -> &str {
        &self.what
    }
}

impl From<ParseIntError> for Error {
    fn from(cause: ParseIntError) -> Self {
        Error::new(&cause.to_string())
    }
}
