mod error;
mod request;
mod response;

use error::Error;
use request::{Method, Request};
use response::Response;

fn main() {
    match fetch("http://a/b") {
        Ok(n) => println!("{n}"),
        Err(e) => println!("{}", e.message()),
    }
    println!("{}", length("bad").is_err());
}

fn fetch(url: &str) -> Result<usize, Error> {
    let request = Request::builder()
        .url(url)?
        .method(Method::Get)
        .header("accept", "*")
        .build()?;
    let response = request.send()?.decode()?;
    Ok(response.length())
}

fn length(url: &str) -> Result<usize, Error> {
    let size = Request::get(url)?.send()?.body().len();
    let text = parse(url)?;
    Ok(size + text as usize)
}

fn parse(text: &str) -> Result<u32, Error> {
    let n: u32 = text.trim().parse()?;
    Ok(n)
}

#[allow(dead_code)]
fn recover(response: Response) -> Response {
    response.decode().unwrap_or_else(|e| Response::empty(e.message()))
}
