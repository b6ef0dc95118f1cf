//! The floor of a page: the same words, in a page that has nothing else.

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Serves one empty page that shows `words`, until it is dropped.
pub(super) struct Floor {
    pub(super) url: String,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Floor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(super) async fn serve(words: &str) -> anyhow::Result<Floor> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for the empty page")?;
    let url = format!("http://{}/", listener.local_addr()?);
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>Empty</title><section aria-label=Messages>{words}</section>"
    );
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    #[expect(clippy::disallowed_methods, reason = "the probe may not use the hub's runtime")]
    let task = tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    Ok(Floor { url, task })
}
