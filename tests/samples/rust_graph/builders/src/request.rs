use crate::error::Error;
use crate::response::Response;

#[derive(Clone, Copy)]
pub enum Method {
    Get,
    Post,
}

pub struct Request {
    url: String,
    method: Method,
    headers: Vec<String>,
}

#[derive(Default)]
pub struct Builder {
    url: Option<String>,
    method: Option<Method>,
    headers: Vec<String>,
}

impl Request {
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub fn get(url: &str) -> Result<Request, Error> {
        Self::builder().url(url)?.build()
    }

    pub fn send(self) -> Result<Response, Error> {
        Ok(Response::new(format!("{}{}", self.url, self.headers.len() + self.method.code())))
    }
}

impl Method {
    fn code(self) -> usize {
        match self {
            Method::Get => 0,
            Method::Post => 1,
        }
    }
}

impl Builder {
    pub fn url(mut self, url: &str) -> Result<Self, Error> {
        if !valid(url) {
            return Err(Error::new("url"));
        }
        self.url = Some(url.to_string());
        Ok(self)
    }

    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(join(name, value));
        self
    }

    pub fn build(self) -> Result<Request, Error> {
        let url = self.url.ok_or(Error::new("no url"))?;
        Ok(Request { url, method: self.method.unwrap_or(Method::Post), headers: self.headers })
    }
}

fn valid(url: &str) -> bool {
    url.contains("://")
}

fn join(name: &str, value: &str) -> String {
    format!("{name}: {value}")
}
