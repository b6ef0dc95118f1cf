//! An HTTP server as small as bots and targets need one: it reads a request, answers it, and keeps the connection.

use serde_json::Value;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What is answered.
pub(crate) enum Answer {
    Json(u16, Value),
    /// A body that is no JSON.
    Nonsense,
    /// The connection is closed without an answer.
    Cut,
}

/// Answers requests.
pub(crate) trait Service: Send + Sync + 'static {
    fn answer(self: Arc<Self>, body: Value) -> impl Future<Output = Answer> + Send;
}

/// Listens on a free port; the address.
pub(crate) async fn serve<S: Service>(service: Arc<S>) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/", listener.local_addr()?);
    super::go(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let service = service.clone();
            super::go(async move {
                let _ = connection(stream, service).await;
            });
        }
    });
    Ok(address)
}

async fn connection<S: Service>(stream: TcpStream, service: Arc<S>) -> std::io::Result<()> {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut first = true;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            if line.is_empty() && !first {
                break;
            }
            first = false;
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let (status, text) = match service.clone().answer(body).await {
            Answer::Json(status, value) => (status, value.to_string()),
            Answer::Nonsense => (200, "this is no JSON".to_owned()),
            Answer::Cut => return Ok(()),
        };
        let head = format!(
            "HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            text.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(text.as_bytes()).await?;
        stream.flush().await?;
    }
}
