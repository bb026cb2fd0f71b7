use crate::error::Error;

pub struct Response {
    body: String,
}

impl Response {
    pub fn new(body: String) -> Self {
        Response { body }
    }

    pub fn empty(reason: &str) -> Self {
        Self::new(reason.to_string())
    }

    pub fn decode(self) -> Result<Self, Error> {
        if self.length() == 0 {
            return Err(Error::new("empty"));
        }
        Ok(self)
    }

    pub fn length(&self) -> usize {
        self.body().len()
    }

    pub fn body(&self) -> &str {
        &self.body
    }
}
