//! The floor of `idle` and of `start`: sockets that are welcomed and then answered when they say something.

use axum::Router;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::routing::get;

/// `small`: with a read buffer of 1 KiB; else with the library's defaults, the bad example.
pub(super) async fn run(small: bool) -> anyhow::Result<()> {
    let routes = Router::new().route("/health/ready", get(async || "ready\n")).route(
        "/socket",
        get(async move |upgrade: WebSocketUpgrade| {
            let upgrade = if small { upgrade.read_buffer_size(1_024).write_buffer_size(0) } else { upgrade };
            upgrade.on_upgrade(async |mut socket| {
                if socket.send(Message::Text(r#"{"type":"welcome"}"#.into())).await.is_err() {
                    return;
                }
                while let Some(Ok(message)) = socket.recv().await {
                    if let Message::Text(_) = message
                        && socket.send(Message::Text(r#"{"type":"pong"}"#.into())).await.is_err()
                    {
                        return;
                    }
                }
            })
        }),
    );
    let listener = super::listen()?;
    super::ready(&listener)?;
    axum::serve(listener, routes).await?;
    Ok(())
}
