//! An HTTP/1.1 client that does no more than a benchmark needs: one connection, kept open, one request at a time.

use anyhow::{Context, Result, bail, ensure};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Longer than the service itself takes for any answer.
const PATIENCE: Duration = Duration::from_secs(40);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Status line and headers as they came.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The first header of that name, written in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (n, value) = line.split_once(':')?;
            n.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A request without a body.
pub(crate) fn get(path: &str, headers: &[(&str, String)]) -> Vec<u8> {
    write("GET", path, headers, b"")
}

/// A request with a body.
pub(crate) fn post(path: &str, headers: &[(&str, String)], body: &[u8]) -> Vec<u8> {
    write("POST", path, headers, body)
}

fn write(method: &str, path: &str, headers: &[(&str, String)], body: &[u8]) -> Vec<u8> {
    let mut out = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        out.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    out.push_str("\r\n");
    let mut out = out.into_bytes();
    out.extend_from_slice(body);
    out
}

/// One open connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and takes the whole answer. After an error the connection is of no more use.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        tokio::time::timeout(PATIENCE, self.exchange(request)).await.context("no answer in time")?
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        let head_end = loop {
            if let Some(at) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).context("no status line")?;
        let mut answer = Answer { status, head, body: Vec::new() };
        ensure!(answer.header("transfer-encoding").is_none(), "an answer in chunks, which is not read here");
        let length: usize = answer.header("content-length").map_or(Ok(0), str::parse)?;
        while self.buffer.len() < head_end + length {
            self.more().await?;
        }
        answer.body = self.buffer[head_end..head_end + length].to_vec();
        self.buffer.drain(..head_end + length);
        Ok(answer)
    }

    async fn more(&mut self) -> Result<()> {
        ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the connection was closed");
        Ok(())
    }
}

/// One request on a connection of its own, from code that is not async.
pub(crate) fn once(address: SocketAddr, request: &[u8]) -> Result<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { Client::connect(address).await?.ask(request).await })
}

/// A visitor in the middle of a report.
pub(crate) struct Visit {
    /// The page that comes next.
    pub(crate) path: String,
    /// What the `Cookie` header says.
    pub(crate) cookie: String,
}

/// Answers the first question of the burglary form as a browser would, so that the next page is read with a session.
pub(crate) fn enter_journey(address: SocketAddr) -> Result<Visit> {
    const FIRST: &str = "/report/burglary/q/emergency";
    let page = once(address, &get(FIRST, &[]))?;
    ensure!(page.status == 200, "{FIRST} answered {}", page.status);
    let cookie = page.header("set-cookie").and_then(|c| c.split(';').next()).context("no cookie")?.to_owned();
    let text = page.text();
    let csrf = text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let body = format!("csrf={}&emergency=no", csrf.context("no token in the page")?);
    let headers =
        [("Cookie", cookie.clone()), ("Content-Type", "application/x-www-form-urlencoded".to_owned())];
    let next = once(address, &post(FIRST, &headers, body.as_bytes()))?;
    match next.header("location") {
        Some(path) if next.status == 303 => Ok(Visit { path: path.to_owned(), cookie }),
        _ => bail!("the first answer was not taken: {}", next.head),
    }
}
